// Tabs of one attempt tell each other what was chosen and what was saved.
(function () {
  'use strict';

  var kaohe = window.kaohe = window.kaohe || {};

  // Returns the function that tells the others; what they tell goes to `hear`.
  kaohe.tabs = function (attempt, hear) {
    var name = 'kaohe-tabs:' + attempt;
    if (window.BroadcastChannel) {
      try {
        var channel = new BroadcastChannel(name);
        channel.onmessage = function (event) { hear(event.data); };
        return function (message) { channel.postMessage(message); };
      } catch (e) { /* the older way */ }
    }
    window.addEventListener('storage', function (event) {
      if (event.key !== name || !event.newValue) { return; }
      try { hear(JSON.parse(event.newValue).message); } catch (e) { /* not ours */ }
    });
    return function (message) {
      try {
        // A number makes each value another one, or no tab would be told.
        localStorage.setItem(name, JSON.stringify({ message: message, number: Math.random() }));
        localStorage.removeItem(name);
      } catch (e) { /* each tab learns from the server */ }
    };
  };
}());
