// What makes pages other than the exam more pleasant; each works without it. Plain ES2015.
(function () {
  'use strict';

  function byId(id) { return document.getElementById(id); }

  Array.prototype.forEach.call(document.querySelectorAll('[data-print]'), function (button) {
    button.hidden = false;
    button.addEventListener('click', function () { window.print(); });
  });

  // Safe Exam Browser on tablets tells its configuration to scripts only.
  var proof = document.querySelector('[data-browser=digest]');
  if (proof && window.SafeExamBrowser && SafeExamBrowser.security) {
    var told = function () {
      proof.value = SafeExamBrowser.security.configKey || '';
      document.querySelector('[data-browser=url]').value = location.href.split('#')[0];
    };
    if (SafeExamBrowser.security.updateKeys) { SafeExamBrowser.security.updateKeys(told); }
    told();
  }

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

  // The form for a test: numbers follow while typing, sections and rows come and go without leaving the page. The server
  // renders the same form as without script; what changed is taken from its answer.
  var plan = document.querySelector('form[data-plan]');
  if (plan && window.fetch && window.FormData && FormData.prototype['delete']) {
    var waiting = 0;
    var asked = 0;

    var ask = function (action) {
      var sent = new FormData(plan);
      sent['delete']('file');
      sent.append('action', action);
      asked += 1;
      // A button named "action" hides the form's own property.
      return fetch(plan.getAttribute('action'), { method: 'POST', body: sent, credentials: 'same-origin' }).then(function (answer) {
        return answer.text();
      }).then(function (text) {
        var answered = new DOMParser().parseFromString(text, 'text/html');
        if (!answered.querySelector('form[data-plan]')) { throw new Error('another page'); }
        return answered;
      });
    };

    // A field in use, and a file that was typed into, stay as they are.
    var isInUse = function (element) {
      var file = element.querySelector('textarea');
      return element.contains(document.activeElement) || (file && file.value !== file.defaultValue);
    };

    var follow = function (answered) {
      [].forEach.call(plan.querySelectorAll('[data-live]'), function (element) {
        var now = answered.getElementById(element.id);
        if (now && !isInUse(element) && now.innerHTML !== element.innerHTML) { element.innerHTML = now.innerHTML; }
      });
      var suggested = answered.querySelector('[name=suggested]');
      if (suggested && !plan.querySelector('#live-test').contains(document.activeElement)) {
        plan.querySelector('[name=suggested]').value = suggested.value;
      }
    };

    var look = function () {
      clearTimeout(waiting);
      waiting = setTimeout(function () {
        var mine = asked + 1;
        ask('check').then(function (answered) { if (mine === asked) { follow(answered); } }, function () { /* the next one */ });
      }, 400);
    };

    // Whole sections change: nothing may be typed into them until the answer is there.
    var step = function (action, otherwise) {
      var drawn = byId('blueprint');
      var focused = document.activeElement && document.activeElement.id;
      clearTimeout(waiting);
      var answer = ask(action);
      var mine = asked;
      drawn.disabled = true;
      answer.then(function (answered) {
        drawn.disabled = false;
        if (mine !== asked) { return; }
        drawn.innerHTML = answered.getElementById('blueprint').innerHTML;
        follow(answered);
        var next = drawn.querySelector('[autofocus]') || byId(focused);
        if (next) { next.focus(); }
      }).then(null, function () { drawn.disabled = false; otherwise(); });
    };

    plan.addEventListener('input', look);
    plan.addEventListener('change', function (event) {
      if (event.target.hasAttribute('data-refresh')) { step('check', function () { /* the next one */ }); } else { look(); }
    });
    plan.addEventListener('click', function (event) {
      var button = event.target.closest('[data-step]');
      if (!button || button.dataset.plain) { return; }
      event.preventDefault();
      step(button.value, function () { button.dataset.plain = '1'; button.click(); });
    });
  }

  // The live view is renewed as the server tells, except under somebody's fingers.
  var live = byId('live');
  if (live && window.EventSource) {
    new EventSource(live.dataset.events).onmessage = function (event) {
      if (!live.contains(document.activeElement)) { live.innerHTML = event.data; }
    };
  }

  // The trial of a device: each answer goes to the server at once, and is called saved on its word only.
  var trial = document.querySelector('form[data-trial]');
  if (trial && window.fetch) {
    var due = 0;
    var sent = 0;
    var follow = function () {
      clearTimeout(due);
      due = setTimeout(function () {
        var chosen = trial.querySelector('[name=shape]:checked');
        var body = 'shape=' + (chosen ? chosen.value : '') + '&word=' + encodeURIComponent(trial.querySelector('[name=word]').value);
        var mine = sent += 1;
        var state = byId('trial-state');
        fetch(trial.getAttribute('action'), { method: 'POST', credentials: 'same-origin', body: body,
          headers: { 'content-type': 'application/x-www-form-urlencoded' } }).then(function (answer) { return answer.text(); }).then(function (text) {
          var now = new DOMParser().parseFromString(text, 'text/html').getElementById('trial-state');
          if (mine === sent) { state.innerHTML = now.innerHTML; }
        }).then(null, function () { if (mine === sent) { state.textContent = trial.dataset.failed; } });
      }, 300);
    };
    // Old browsers tell of a choice by one of them only.
    trial.addEventListener('input', follow);
    trial.addEventListener('change', follow);
  }

  // A file may be dropped onto its field.
  [].forEach.call(document.querySelectorAll('[data-drop]'), function (zone) {
    var input = zone.querySelector('input[type=file]');
    var over = function (on) { zone.classList.toggle('over', on); };
    try { input.files = input.files; } catch (e) { return; }
    zone.querySelector('label span').hidden = false;
    zone.addEventListener('dragover', function (event) { event.preventDefault(); over(true); });
    zone.addEventListener('dragleave', function () { over(false); });
    zone.addEventListener('drop', function (event) {
      event.preventDefault();
      over(false);
      if (event.dataTransfer.files.length === 1) { input.files = event.dataTransfer.files; }
    });
  });

  // What was typed and not sent isn't left without a question.
  var unsent = false;
  var main = byId('main');
  if (main) {
    main.addEventListener('input', function (event) {
      var form = event.target.form;
      if (form && form.method === 'post' && form.elements.length > 6 && event.target.type !== 'file') { unsent = true; }
    });
    main.addEventListener('submit', function () { unsent = false; });
    window.addEventListener('beforeunload', function (event) {
      if (unsent) { event.preventDefault(); event.returnValue = ''; }
    });
  }

  // What went wrong is read out and scrolled to.
  var summary = byId('summary');
  if (summary) { summary.focus(); }

  // Copies the text of a part of the page.
  [].forEach.call(document.querySelectorAll('[data-copy]'), function (button) {
    button.hidden = false;
    button.addEventListener('click', function () {
      var range = document.createRange();
      range.selectNodeContents(document.querySelector(button.dataset.copy));
      var selection = window.getSelection();
      selection.removeAllRanges();
      selection.addRange(range);
      if (document.execCommand('copy')) { button.textContent = button.dataset.done; }
    });
  });
}());
