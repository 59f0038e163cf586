// What a test asks of the page beyond answering: hints about leaving and copying, told to the member as they are noted;
// text that isn't copied; a button that fills the screen. Nothing here stops anybody from answering.
(function () {
  'use strict';

  var kaohe = window.kaohe;
  var asked = kaohe && kaohe.byId('integrity');
  if (!asked) { return; }
  var paper = kaohe.paper;
  var hinted = kaohe.byId('hinted');
  var kept = [];
  var telling = false;

  // Told in order; what could not be told stays for the next time.
  function tell() {
    if (telling || !kept.length) { return; }
    telling = true;
    var some = kept.slice(0, 50);
    kaohe.request('POST', '/api/v1/attempts/' + paper.attempt + '/hints', { hints: some }).then(function (answer) {
      telling = false;
      if (answer.status !== 200) { return; }
      kept = kept.slice(some.length);
      hinted.textContent = answer.json.map(function (one) {
        return asked.getAttribute('data-' + one.hint).replace('{times}', one.times).replace('{seconds}', one.seconds);
      }).join(asked.getAttribute('data-comma'));
      tell();
    });
  }
  function note(hint, seconds) {
    if (!hinted || kept.length >= 500) { return; }
    kept.push(seconds === undefined ? { hint: hint } : { hint: hint, seconds: seconds });
    tell();
  }

  if (hinted) {
    var left = 0;
    document.addEventListener('visibilitychange', function () {
      if (document.hidden) { left = kaohe.steady(); } else if (left) { note('left_page', Math.round((kaohe.steady() - left) / 1000)); left = 0; }
    });
    document.addEventListener('copy', function () { note('copied'); });
    document.addEventListener('cut', function () { note('copied'); });
    document.addEventListener('paste', function () { note('pasted'); });
  }
  if (asked.hasAttribute('data-no-copy')) {
    ['copy', 'cut', 'contextmenu', 'dragstart'].forEach(function (kind) {
      document.addEventListener(kind, function (event) {
        if (!/^(INPUT|TEXTAREA)$/.test(event.target.tagName || '')) { event.preventDefault(); }
      });
    });
  }

  var button = kaohe.byId('full-screen');
  var root = document.documentElement;
  var fill = root.requestFullscreen || root.webkitRequestFullscreen;
  if (button && fill) {
    var show = function () { button.hidden = !!(document.fullscreenElement || document.webkitFullscreenElement); };
    button.addEventListener('click', function () { fill.call(root); });
    document.addEventListener('fullscreenchange', show);
    document.addEventListener('webkitfullscreenchange', show);
    show();
  }
}());
