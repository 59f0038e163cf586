// The exam page: saves every change at once, says what is saved only after the server did, keeps the rest and sends it
// again, shows the time by the server's clock, one question at a time. Without this script the form still works.
// Plain ES2015, for browsers of 2017.
(function () {
  'use strict';

  var SAVE_GRACE = 5000;
  var store = {
    get: function (key) { try { return JSON.parse(window.localStorage.getItem(key)) || {}; } catch (e) { return {}; } },
    set: function (key, value) {
      try {
        if (Object.keys(value).length) { window.localStorage.setItem(key, JSON.stringify(value)); } else { window.localStorage.removeItem(key); }
      } catch (e) { /* full or not allowed: the page itself still holds it */ }
    }
  };
  function byId(id) { return document.getElementById(id); }
  function all(selector, root) { return Array.prototype.slice.call((root || document).querySelectorAll(selector)); }

  var form = byId('exam');
  if (!form || !window.fetch || !window.Promise || !form.dataset) { return; }
  document.documentElement.classList.add('js');

  var words = byId('words').dataset;
  function say(name, values) {
    var text = words[name] || '';
    Object.keys(values || {}).forEach(function (key) { text = text.split('{' + key + '}').join(values[key]); });
    return text;
  }

  var attempt = form.dataset.attempt;
  var page = '/attempts/' + attempt;
  var api = '/api/v1/attempts/' + attempt;
  var key = 'kaohe:' + attempt;
  var unsent = store.get(key);
  var base = Number(form.dataset.base) || 0;
  var deadline = Number(form.dataset.deadline);
  var last = base;
  var over = false;
  var takenOver = form.hasAttribute('data-taken');
  var leaving = false;

  // ---- time: the server's clock, carried on by a clock that nobody can set

  function steady() { return window.performance && performance.now ? performance.now() : Date.now(); }
  var arrival = steady();
  if (window.performance && performance.timing && performance.timing.responseStart) {
    arrival = performance.timing.responseStart - performance.timing.navigationStart;
  }
  var known = { server: Number(form.dataset.now), at: arrival };
  function now() { return known.server + (steady() - known.at); }
  function sync(response) {
    var time = Number(response.headers.get('Kaohe-Time'));
    var until = Number(response.headers.get('Kaohe-Deadline'));
    if (time) { known = { server: time, at: steady() }; }
    if (until) { deadline = until; }
  }
  function two(n) { return (n < 10 ? '0' : '') + n; }
  function clock(ms) {
    var at = new Date(ms);
    return two(at.getHours()) + ':' + two(at.getMinutes()) + ':' + two(at.getSeconds());
  }
  function left(ms) {
    var seconds = Math.max(0, Math.ceil(ms / 1000));
    var hours = Math.floor(seconds / 3600);
    var rest = two(Math.floor(seconds / 60) % 60) + ':' + two(seconds % 60);
    return hours ? hours + ':' + rest : rest;
  }

  // ---- questions

  var questions = all('.q', form).map(function (el) {
    var position = Number(el.dataset.position);
    var number = Number(form.elements['save' + position].value) || 0;
    last = Math.max(last, number);
    return {
      el: el, position: position, kind: el.dataset.kind, gaps: Number(el.dataset.gaps), saved: form.elements['was' + position].value,
      number: number, want: null, wantNumber: 0, sending: false, refused: false, tries: 0, timer: 0, typing: 0,
      state: byId('s' + position), link: document.querySelector('#card .map a[href="#q' + position + '"]'), part: el.parentNode
    };
  });
  var of = {};
  questions.forEach(function (q) { of[q.position] = q; });

  function inputs(q) { return all('fieldset input', q.el); }
  function read(q) {
    if (q.kind === 'blank') {
      var gaps = [];
      for (var i = 0; i < q.gaps; i++) { gaps.push(null); }
      inputs(q).forEach(function (input) {
        var gap = Number(input.name.split('_')[1]) - 1;
        if (gap >= 0 && gap < q.gaps && input.value.trim() !== '') { gaps[gap] = input.value; }
      });
      return gaps.some(function (text) { return text !== null; }) ? gaps : null;
    }
    var chosen = inputs(q).filter(function (input) { return input.checked; }).map(function (input) { return input.value; });
    if (q.kind === 'multiple') { return chosen.length ? chosen : null; }
    if (!chosen.length) { return null; }
    return q.kind === 'true_false' ? chosen[0] === 'true' : chosen[0];
  }
  function write(q, value) {
    inputs(q).forEach(function (input) {
      if (q.kind === 'blank') {
        var text = value && value[Number(input.name.split('_')[1]) - 1];
        input.value = text || '';
      } else if (q.kind === 'multiple') {
        input.checked = !!value && value.indexOf(input.value) >= 0;
      } else {
        input.checked = value !== null && String(value) === input.value;
      }
    });
  }
  function tidy(q, value) {
    if (value === null || value === undefined) { return null; }
    if (q.kind === 'multiple') { return value.length ? value.slice().sort() : null; }
    if (q.kind === 'blank') {
      var gaps = value.map(function (text) { return text && text.trim() !== '' ? text : null; });
      return gaps.some(function (text) { return text !== null; }) ? gaps : null;
    }
    return value;
  }
  function same(q, one, two) { return JSON.stringify(tidy(q, one)) === JSON.stringify(tidy(q, two)); }
  function inWords(value) {
    if (value === null || value === undefined) { return words.none; }
    if (value === true) { return words.right; }
    if (value === false) { return words.wrong; }
    return Array.isArray(value) ? value.map(function (v) { return v === null ? '–' : v; }).join(words.comma) : String(value);
  }
  function parse(text) { try { return JSON.parse(text); } catch (e) { return null; } }

  // ---- what is said about saving: "saved" only what the server acknowledged

  function show(q, text, colour) {
    q.state.textContent = '';
    var span = document.createElement('span');
    span.className = colour || '';
    span.textContent = text;
    q.state.appendChild(span);
    refresh();
  }
  function waiting() { return questions.filter(function (q) { return q.want !== null; }); }
  function positions(list) { return list.map(function (q) { return q.position; }).join(words.comma); }
  function refresh() {
    var done = 0;
    questions.forEach(function (q) {
      var answered = read(q) !== null;
      if (answered) { done += 1; }
      if (q.link) {
        q.link.classList.toggle('done', answered && q.want === null);
        q.link.classList.toggle('wait', q.want !== null);
      }
    });
    byId('progress').textContent = say('done', { done: done }) + ' · ' + say('left', { left: questions.length - done });
    byId('card-count').textContent = done + '/' + questions.length;
    var open = waiting();
    var trouble = open.some(function (q) { return q.tries > 0 || q.refused; });
    var saving = byId('saving');
    saving.className = 'js-only ' + (trouble ? 'warn' : 'good');
    saving.textContent = '· ' + (!open.length ? words.allSaved : trouble ? say('some', { count: open.length }) : words.saving);
  }

  // ---- one line of trouble, with what to do

  var troubleKind = '';
  function trouble(kind, text, label, act, href) {
    if (over && kind !== 'over') { return; }
    if (troubleKind === kind) { return; }
    troubleKind = kind;
    var box = byId('trouble');
    box.hidden = !kind;
    if (!kind) { return; }
    box.children[0].textContent = text;
    var actions = box.children[1];
    actions.textContent = '';
    if (label) {
      var el = document.createElement(href ? 'a' : 'button');
      el.className = 'button';
      el.textContent = label;
      if (href) { el.href = href; if (kind !== 'over') { el.target = '_blank'; } } else { el.type = 'button'; el.addEventListener('click', act); }
      actions.appendChild(el);
    }
  }
  function lock() {
    all('fieldset', form).forEach(function (field) { field.disabled = true; });
  }
  function end() {
    over = true;
    lock();
    var lost = waiting();
    trouble('over', words.over + (lost.length ? ' ' + say('lost', { positions: positions(lost) }) : ''), words.result, null, page);
  }
  function taken() {
    takenOver = true;
    if (byId('taken')) { return; }
    trouble('taken', words.taken, words.take, takeOver);
  }
  function takeOver() {
    request('POST', '/api/v1/tests/' + encodeURIComponent(form.dataset.test) + '/attempts', { take_over: true }).then(function (response) {
      if (response.ok) { leaving = true; location.replace(page); }
    }, function () { /* the button stays */ });
  }

  // ---- sending

  function request(method, path, body) {
    var call = fetch(path, { method: method, credentials: 'same-origin', cache: 'no-store', headers: { 'Content-Type': 'application/json' }, body: body === undefined ? undefined : JSON.stringify(body) });
    var late = new Promise(function (_, fail) { setTimeout(function () { fail(new Error('late')); }, 15000); });
    return Promise.race([call, late]);
  }
  function remember(q) {
    if (q.want === null) { delete unsent[q.position]; } else { unsent[q.position] = { w: q.want, n: q.wantNumber }; }
    store.set(key, unsent);
  }
  function changed(q) {
    if (over) { return; }
    var value = read(q);
    if (!q.sending && same(q, value, parse(q.saved)) && q.want === null) { refresh(); return; }
    if (q.want !== null && same(q, value, parse(q.want))) { refresh(); return; }
    q.want = JSON.stringify(value);
    last = Math.max(last, q.number, base) + 1;
    q.wantNumber = last;
    q.refused = false;
    q.tries = 0;
    remember(q);
    send(q);
  }
  function send(q) {
    clearTimeout(q.timer);
    if (q.sending || q.want === null || q.refused || over || takenOver) { refresh(); return; }
    q.sending = true;
    var want = q.want;
    var number = q.wantNumber;
    if (!q.tries) { show(q, words.saving, 'muted'); }
    request('PUT', api + '/responses/' + q.position, { response: parse(want), save: number }).then(function (response) {
      sync(response);
      if (response.status === 204) { return { status: 204 }; }
      return response.json().then(function (problem) { return { status: response.status, problem: problem, after: Number(response.headers.get('Retry-After')) || 0 }; },
        function () { return { status: response.status, problem: {}, after: 0 }; });
    }).then(function (answer) {
      q.sending = false;
      answered(q, want, number, answer);
    }, function () {
      q.sending = false;
      again(q, 0);
    });
  }
  function answered(q, want, number, answer) {
    var problem = answer.problem || {};
    if (answer.status === 204) {
      q.saved = want;
      q.number = number;
      q.tries = 0;
      if (troubleKind === 'sign-in' || troubleKind === 'other') { trouble(''); }
      if (q.want === want) { q.want = null; remember(q); show(q, '✓ ' + say('saved', { time: clock(now()) }), 'good'); }
      if (q.want !== null) { send(q); }
    } else if (answer.status === 409 && problem.type === 'stale-save') {
      stale(q, want, problem.stored || { response: null, save: q.number });
    } else if (answer.status === 409 && problem.type === 'taken-over') {
      show(q, words.unsaved, 'warn');
      taken();
    } else if (answer.status === 410 || (answer.status === 409 && problem.type === 'attempt-finished')) {
      show(q, words.unsaved, 'warn');
      end();
    } else if (answer.status === 401) {
      trouble('sign-in', words.signIn, words.signInLink, null, '/sign-in?next=' + encodeURIComponent(page));
      again(q, 3000);
    } else if (answer.status === 404 || answer.status === 403) {
      trouble('other', words.other, words.signInLink, null, '/sign-in?next=' + encodeURIComponent(page));
      again(q, 5000);
    } else if (answer.status === 422 || answer.status === 413) {
      if (q.want === want) { q.refused = true; show(q, words.refused, 'warn'); } else { send(q); }
    } else {
      again(q, answer.after * 1000);
    }
  }
  function stale(q, want, stored) {
    last = Math.max(last, Number(stored.save) || 0);
    q.number = Math.max(q.number, Number(stored.save) || 0);
    q.saved = JSON.stringify(tidy(q, stored.response));
    if (same(q, parse(want), stored.response)) {
      if (q.want === want) { q.want = null; remember(q); show(q, '✓ ' + say('saved', { time: clock(now()) }), 'good'); return; }
    }
    if (q.want !== null && q.want !== want) {
      last += 1;
      q.wantNumber = last;
      remember(q);
      send(q);
      return;
    }
    q.want = null;
    remember(q);
    write(q, stored.response === undefined ? null : stored.response);
    show(q, say('stale', { sent: inWords(parse(want)) }), 'warn');
  }
  function again(q, least) {
    q.tries += 1;
    var wait = Math.max(least, Math.min(15000, 500 * Math.pow(2, Math.min(q.tries, 6)))) * (0.6 + Math.random() * 0.8);
    show(q, words.unsaved, 'warn');
    q.timer = setTimeout(function () { send(q); }, wait);
  }
  function retryAll() { waiting().forEach(function (q) { send(q); }); }

  questions.forEach(function (q) {
    q.el.addEventListener('focusin', function () { if (!single()) { goTo(questions.indexOf(q), false); } });
    inputs(q).forEach(function (input) {
      input.addEventListener('change', function () { clearTimeout(q.typing); changed(q); });
      if (q.kind !== 'blank') { return; }
      input.addEventListener('input', function () {
        clearTimeout(q.typing);
        q.typing = setTimeout(function () { changed(q); }, 800);
        // What is typed survives a crash even before it is sent.
        unsent[q.position] = { w: JSON.stringify(read(q)), n: 0 };
        store.set(key, unsent);
      });
      input.addEventListener('blur', function () { clearTimeout(q.typing); changed(q); });
    });
  });
  // Keys work only inside a question, so that they never surprise anybody who types or listens elsewhere.
  form.addEventListener('keydown', function (event) {
    var inside = event.target.closest('.q');
    var q = inside && of[inside.dataset.position];
    if (!q || event.altKey || event.ctrlKey || event.metaKey || event.isComposing) { return; }
    var index = questions.indexOf(q);
    if (event.key === 'Enter' && event.target.tagName !== 'BUTTON') {
      event.preventDefault();
      if (event.shiftKey) { goTo(index - 1, true); } else if (index < questions.length - 1) { goTo(index + 1, true); } else { byId('next').focus(); }
      return;
    }
    if (over || q.kind === 'blank' || event.key.length !== 1) { return; }
    var key = event.key.toUpperCase();
    if (key === 'M') { q.el.querySelector('.flag').click(); return; }
    var options = inputs(q);
    var chosen = '123456789'.indexOf(key);
    options.forEach(function (input, i) { if (input.value === key) { chosen = i; } });
    if (options[chosen]) { options[chosen].focus(); options[chosen].click(); }
  });
  window.addEventListener('online', retryAll);

  // What an earlier page could not send: shown and sent again under its own number.
  Object.keys(unsent).forEach(function (position) {
    var q = of[position];
    var kept = unsent[position];
    if (!q || !kept || typeof kept.w !== 'string' || same(q, parse(kept.w), parse(q.saved))) { delete unsent[position]; return; }
    q.want = kept.w;
    q.wantNumber = Number(kept.n) || 0;
    write(q, parse(kept.w));
    last = Math.max(last, q.wantNumber);
  });
  waiting().forEach(function (q) {
    // After a takeover everything at or below the base is refused, so an older number is raised.
    if (q.wantNumber <= base) { last = Math.max(last, q.number, base) + 1; q.wantNumber = last; }
    remember(q);
    send(q);
  });
  store.set(key, unsent);

  // ---- one question at a time or all, and the answer card; what the reader chose is remembered

  var at = 0;
  var body = document.body;
  var phone = window.matchMedia('(max-width: 48rem)');
  var look = store.get('kaohe-look');
  function single() { return body.classList.contains('one'); }
  function arrange() {
    body.classList.toggle('one', look.one === undefined ? phone.matches : look.one);
    byId('one-or-all').textContent = single() ? words.all : words.one;
    if (!phone.matches) { body.classList.remove('card-open'); }
  }
  phone.addListener(arrange);
  arrange();
  byId('one-or-all').addEventListener('click', function () {
    look.one = !single();
    store.set('kaohe-look', look);
    body.classList.remove('card-open');
    arrange();
    goTo(at, true);
  });
  function goTo(index, focus) {
    at = Math.max(0, Math.min(questions.length - 1, index));
    questions.forEach(function (q, i) {
      q.el.classList.toggle('now', i === at);
      if (q.link) { if (i === at) { q.link.setAttribute('aria-current', 'true'); } else { q.link.removeAttribute('aria-current'); } }
    });
    all('.part', form).forEach(function (part) { part.classList.toggle('now', part === questions[at].part); });
    byId('previous').disabled = at === 0;
    byId('next').textContent = at === questions.length - 1 ? words.check : words.next;
    if (focus) {
      if (single()) { window.scrollTo(0, 0); } else { questions[at].el.scrollIntoView(); }
      var first = inputs(questions[at])[0];
      var legend = questions[at].el.querySelector('legend');
      legend.tabIndex = -1;
      (questions[at].kind === 'blank' && !phone.matches && first ? first : legend).focus();
    }
  }
  function fromAddress() {
    var found = /^#q(\d+)$/.exec(location.hash);
    var q = found && of[found[1]];
    return q ? questions.indexOf(q) : -1;
  }
  function card(open) {
    body.classList.toggle('card-open', open);
    byId('open-card').setAttribute('aria-expanded', String(open));
    if (open) { (document.querySelector('#card [aria-current]') || byId('close-card')).focus(); } else { byId('open-card').focus(); }
  }
  questions.forEach(function (q, index) {
    if (q.link) { q.link.addEventListener('click', function (event) { event.preventDefault(); body.classList.remove('card-open'); goTo(index, true); }); }
  });
  byId('previous').addEventListener('click', function () { goTo(at - 1, true); });
  byId('next').addEventListener('click', function () { if (at === questions.length - 1) { check(); } else { goTo(at + 1, true); } });
  byId('open-card').addEventListener('click', function () {
    card(true);
  });
  byId('close-card').addEventListener('click', function () { card(false); });
  document.addEventListener('keydown', function (event) { if (event.key === 'Escape' && body.classList.contains('card-open')) { card(false); } });
  window.addEventListener('hashchange', function () { var index = fromAddress(); if (index >= 0) { goTo(index, true); } });

  // Larger letters without loading the page again.
  var sizes = [100, 115, 130, 150, 175, 200];
  function letters(step) {
    var root = document.documentElement;
    var size = 0;
    sizes.forEach(function (percent, i) { if (root.classList.contains('size-' + percent)) { size = i; } });
    root.classList.remove('size-' + sizes[size]);
    size = Math.max(0, Math.min(sizes.length - 1, size + step));
    if (size) { root.classList.add('size-' + sizes[size]); }
    document.cookie = 'kaohe_text_size=' + sizes[size] + '; Path=/; SameSite=Lax; Max-Age=31536000';
    announce(say('letters', { percent: sizes[size] }));
  }
  byId('smaller').addEventListener('click', function (event) { event.preventDefault(); letters(-1); });
  byId('larger').addEventListener('click', function (event) { event.preventDefault(); letters(1); });

  var flags = store.get('kaohe-flags:' + attempt);
  questions.forEach(function (q) {
    var button = q.el.querySelector('.flag');
    function mark() {
      button.setAttribute('aria-pressed', String(!!flags[q.position]));
      if (q.link) { q.link.classList.toggle('flagged', !!flags[q.position]); }
    }
    button.addEventListener('click', function () {
      if (flags[q.position]) { delete flags[q.position]; } else { flags[q.position] = 1; }
      store.set('kaohe-flags:' + attempt, flags);
      mark();
    });
    mark();
  });

  // ---- handing in: first everything is saved, then the page that lists what is unanswered

  var checking = 0;
  function check() {
    questions.forEach(function (q) { if (q.kind === 'blank') { clearTimeout(q.typing); changed(q); } });
    clearInterval(checking);
    var since = steady();
    checking = setInterval(step, 150);
    step();
    function step() {
      if (over) { clearInterval(checking); return; }
      if (!waiting().length) { clearInterval(checking); leaving = true; location.assign(page + '/check'); return; }
      if (steady() - since > 1500) { trouble('wait', say('wait', { positions: positions(waiting()) })); retrySlow(); }
    }
  }
  var slow = 0;
  function retrySlow() { if (steady() - slow > 3000) { slow = steady(); retryAll(); } }
  form.addEventListener('submit', function (event) { event.preventDefault(); if (!over) { check(); } else { location.assign(page); } });

  // ---- the clock on the page

  var said = {};
  var time = byId('time');
  var started = false;
  function announce(text) { byId('announce').textContent = text; }
  // Hidden time comes back at ten minutes; hidden again, at five.
  var hider = byId('hide-time');
  var shownAgainAt = 600000;
  function showTime(rest) {
    if (look.hide && rest <= shownAgainAt) { look.hide = false; store.set('kaohe-look', look); }
    time.textContent = look.hide ? '' : left(rest);
    time.classList.toggle('low', rest < 300000);
    hider.textContent = look.hide ? words.show : words.hide;
    hider.setAttribute('aria-pressed', String(!!look.hide));
    hider.hidden = rest <= 300000;
  }
  hider.addEventListener('click', function () {
    var rest = deadline - now();
    look.hide = !look.hide;
    shownAgainAt = rest > 600000 ? 600000 : 300000;
    store.set('kaohe-look', look);
    showTime(rest);
    announce(look.hide ? words.hidden : left(rest));
  });
  function tick() {
    var rest = deadline - now();
    showTime(rest);
    [10, 5, 1].forEach(function (minutes) {
      if (rest <= minutes * 60000 && rest > (minutes - 1) * 60000 && !said[minutes]) {
        said[minutes] = true;
        if (started) { announce(say('minutes', { minutes: minutes })); }
      }
    });
    started = true;
    if (rest <= 0 && !said.over) {
      said.over = true;
      questions.forEach(function (q) { if (q.kind === 'blank') { clearTimeout(q.typing); changed(q); } });
      lock();
      announce(words.timeOver);
      trouble('time', words.timeOver);
    }
    if (rest <= 0 && waiting().length) { retrySlow(); }
    if (rest < -SAVE_GRACE - 1500 && !leaving) { leaving = true; setTimeout(function () { location.replace(page); }, 500 + Math.random() * 1500); }
  }
  setInterval(tick, 500);

  // A device that slept has lost time: asks the server.
  document.addEventListener('visibilitychange', function () {
    if (document.hidden) { return; }
    retryAll();
    request('GET', api).then(function (response) {
      sync(response);
      return response.ok ? response.json() : null;
    }).then(function (shown) { if (shown && shown.finished && !waiting().length) { leaving = true; location.replace(page); } }, function () { /* later */ });
  });
  window.addEventListener('pageshow', function (event) { if (event.persisted) { leaving = false; location.reload(); } });
  window.addEventListener('beforeunload', function (event) {
    if (!leaving && waiting().length && !over) { event.preventDefault(); event.returnValue = ''; }
  });

  if (takenOver) { lock(); }
  var first = fromAddress();
  goTo(first >= 0 ? first : 0, false);
  window.addEventListener('load', function () { if (first >= 0 && single()) { window.scrollTo(0, 0); } });
  refresh();
  tick();
}());
