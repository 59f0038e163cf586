// What makes pages other than the exam more pleasant; each works without it. Plain ES2015.
(function () {
  'use strict';

  function byId(id) { return document.getElementById(id); }

  Array.prototype.forEach.call(document.querySelectorAll('[data-print]'), function (button) {
    button.hidden = false;
    button.addEventListener('click', function () { window.print(); });
  });

  // Before the opening: how long still; then the page comes again with its button, not for all in the same moment.
  var countdown = byId('countdown');
  if (countdown && window.performance) {
    var opens = performance.now() + Number(countdown.dataset.left);
    var two = function (n) { return (n < 10 ? '0' : '') + n; };
    var count = function () {
      var seconds = Math.ceil((opens - performance.now()) / 1000);
      if (seconds <= 0) { clearInterval(counting); setTimeout(function () { location.reload(); }, Math.random() * 2000); return; }
      var time = Math.floor(seconds / 3600) + ':' + two(Math.floor(seconds / 60) % 60) + ':' + two(seconds % 60);
      countdown.textContent = countdown.dataset.text.replace('{time}', time);
    };
    var counting = setInterval(count, 500);
    if (Number(countdown.dataset.left) < 86400000) { countdown.hidden = false; count(); } else { clearInterval(counting); }
  }

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
