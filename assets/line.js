// The line to the server: requests that never hang, pauses between tries, and the server's time, carried on by a clock
// that nobody can set.
(function () {
  'use strict';

  var kaohe = window.kaohe = window.kaohe || {};
  var PATIENCE = 15000;
  var LONGEST_PAUSE = 8000;

  function steady() { return window.performance && performance.now ? performance.now() : Date.now(); }
  kaohe.steady = steady;

  var known = { server: 0, at: 0 };
  kaohe.deadline = 0;
  kaohe.now = function () { return known.server + (steady() - known.at); };
  kaohe.setTime = function (server, at) { known = { server: server, at: at }; };
  // An answer tells a time that has passed meanwhile: of several the latest is right, and a quick one is.
  function heard(headers, took) {
    var time = Number(headers.get('Kaohe-Time'));
    var until = Number(headers.get('Kaohe-Deadline'));
    if (time && (took < 1000 || time > kaohe.now())) { kaohe.setTime(time, steady()); }
    if (until) { kaohe.deadline = until; }
  }

  // Answers { status, after, json }; the status is 0 where none came in time.
  kaohe.request = function (method, path, body, patience) {
    var since = steady();
    var stop = window.AbortController ? new AbortController() : null;
    var options = { method: method, credentials: 'same-origin', cache: 'no-store', headers: { 'Content-Type': 'application/json' } };
    if (body !== undefined) { options.body = JSON.stringify(body); }
    if (stop) { options.signal = stop.signal; }
    var failed = { status: 0, after: 0, json: {} };
    var call = fetch(path, options).then(function (response) {
      heard(response.headers, steady() - since);
      var answer = { status: response.status, after: 1000 * (Number(response.headers.get('Retry-After')) || 0), json: {} };
      if (response.status === 204) { return answer; }
      return response.json().then(function (json) { answer.json = json || {}; return answer; }, function () { return answer; });
    });
    var late = new Promise(function (done) {
      setTimeout(function () { done(failed); if (stop) { stop.abort(); } }, patience || PATIENCE);
    });
    return Promise.race([call, late]).then(null, function () { return failed; });
  };

  // How long to wait before the next try: longer each time, never for all in the same moment, as long as the server asks.
  kaohe.pause = function (tries, after, longest) {
    var wait = Math.min(longest || LONGEST_PAUSE, 500 * Math.pow(2, Math.min(tries, 6)));
    return Math.max(after * (1 + Math.random() / 2), wait * (0.6 + Math.random() * 0.8));
  };
}());
