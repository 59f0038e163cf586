// What makes pages other than the exam more pleasant; each works without it. Plain ES2015.
(function () {
  'use strict';

  function byId(id) { return document.getElementById(id); }

  // The result page: says what never arrived, then forgets it.
  var finished = byId('finished');
  if (finished) {
    try {
      var key = 'kaohe:' + finished.dataset.attempt;
      var never = Object.keys(JSON.parse(localStorage.getItem(key)) || {});
      if (never.length) {
        byId('lost').hidden = false;
        byId('lost').firstElementChild.textContent = finished.dataset.lost.replace('{positions}', never.join(finished.dataset.comma));
      }
      localStorage.removeItem(key);
      localStorage.removeItem('kaohe-flags:' + finished.dataset.attempt);
    } catch (e) { /* no storage, nothing kept */ }
  }
}());
