// The exam page: keeps every change on the device at once and sends it, says what is saved only after the server did,
// and goes on calmly when the line is lost, another tab or device comes in, the test stands still, or the time is over.
(function () {
  'use strict';

  var kaohe = window.kaohe;
  var paper = kaohe.paper;
  if (!paper) { return; }
  var GRACE = 5000;
  var AT_ONCE = 3;
  var TYPING = 800;

  var byId = kaohe.byId;
  var steady = kaohe.steady;
  var form = paper.form;
  var words = paper.words;
  var say = paper.say;
  var announce = paper.announce;
  var questions = paper.questions;
  var of = paper.of;
  var same = paper.same;
  var parse = paper.parse;
  var page = '/attempts/' + paper.attempt;
  var api = '/api/v1' + page;

  var base = Number(form.dataset.base) || 0;
  var last = questions.reduce(function (most, q) { return Math.max(most, q.number); }, base);

  // How things stand; `tell` says the most important of it.
  var ready = false;
  var over = false;
  var timeUp = false;
  var paused = form.hasAttribute('data-paused');
  var taken = form.hasAttribute('data-taken');
  var signedOut = false;
  var stranger = false;
  var outside = false;
  var lost = false;
  var full = false;
  var unstored = false;
  var handingIn = false;
  var leaving = false;
  var never = null;

  kaohe.deadline = Number(form.dataset.deadline);
  var arrival = steady();
  if (window.performance && performance.timing && performance.timing.responseStart) {
    arrival = performance.timing.responseStart - performance.timing.navigationStart;
  }
  kaohe.setTime(Number(form.dataset.now), arrival);
  function rest() { return kaohe.deadline - kaohe.now(); }

  function two(n) { return (n < 10 ? '0' : '') + n; }
  function clock(ms) {
    var at = new Date(ms);
    return two(at.getHours()) + ':' + two(at.getMinutes()) + ':' + two(at.getSeconds());
  }
  function left(ms) {
    var seconds = Math.max(0, Math.ceil(ms / 1000));
    var hours = Math.floor(seconds / 3600);
    var tail = two(Math.floor(seconds / 60) % 60) + ':' + two(seconds % 60);
    return hours ? hours + ':' + tail : tail;
  }
  function leave(to) {
    if (leaving) { return; }
    leaving = true;
    location.replace(to);
  }

  // ---- what is said about saving: "saved" only what the server acknowledged

  function show(q, text, colour) {
    q.state.textContent = '';
    var span = document.createElement('span');
    span.className = colour || '';
    span.textContent = text;
    q.state.appendChild(span);
    refresh();
  }
  // What waits is on its way, but where nothing gets through: then none of it is, also what wasn't tried yet.
  function showWaiting(q) { show(q, lost ? words.unsaved : words.saving, lost ? 'warn' : 'muted'); }
  function showSaved(q) { show(q, '✓ ' + say('saved', { time: clock(kaohe.now()) }), 'good'); }
  function waiting() { return questions.filter(function (q) { return q.want !== null; }); }
  function refresh() {
    var done = 0;
    questions.forEach(function (q) {
      var answered = paper.read(q) !== null;
      if (answered) { done += 1; }
      if (q.link) {
        q.link.classList.toggle('done', answered && q.want === null);
        q.link.classList.toggle('wait', q.want !== null);
      }
    });
    byId('progress').textContent = say('done', { done: done }) + ' · ' + say('left', { left: questions.length - done });
    byId('card-count').textContent = done + '/' + questions.length;
    var open = waiting();
    var trouble = lost || open.some(function (q) { return q.troubled || q.refused; });
    var saving = byId('saving');
    saving.className = 'js-only ' + (trouble ? 'warn' : 'good');
    saving.textContent = '· ' + (!open.length ? words.allSaved : trouble ? say('some', { count: open.length }) : words.saving);
    tell();
  }

  // ---- one line of trouble, with what to do

  function line() {
    var next = '/sign-in?next=' + encodeURIComponent(page);
    if (over) { return { kind: 'over', text: ending(), label: never && !never.told ? '' : words.result, href: page }; }
    if (taken) { return { kind: 'taken', text: words.taken, label: words.take, act: takeOver }; }
    if (signedOut) { return { kind: 'sign-in', text: words.signIn, label: words.signInLink, href: next, aside: true }; }
    if (stranger) { return { kind: 'other', text: words.other, label: words.signInLink, href: next, aside: true }; }
    if (timeUp) { return { kind: 'time', text: words.timeOver }; }
    if (outside) { return { kind: 'outside', text: words.outside }; }
    if (lost) { return { kind: 'lost', text: words.offline }; }
    if (full) { return { kind: 'full', text: words.noRoom }; }
    if (handingIn) { return { kind: 'wait', text: say('wait', { positions: paper.positions(waiting()) }) }; }
    if (unstored) { return { kind: 'unstored', text: words.unstored, label: words.understood, act: function () { unstored = false; tell(); } }; }
    return { kind: '', text: '' };
  }
  function ending() {
    if (!never) { return words.over; }
    return words.over + ' ' + say(never.told ? 'lateSent' : 'late', { positions: paper.positions(never.list), code: never.code });
  }
  var told = { kind: '', text: '' };
  function tell() {
    var now = line();
    if (now.kind === told.kind && now.text === told.text) { return; }
    told = now;
    var box = byId('trouble');
    box.hidden = !now.kind;
    box.children[0].textContent = now.text;
    var actions = box.children[1];
    actions.textContent = '';
    if (!now.label) { return; }
    var el = document.createElement(now.href ? 'a' : 'button');
    el.className = 'button quiet';
    el.textContent = now.label;
    if (now.href) { el.href = now.href; } else { el.type = 'button'; el.addEventListener('click', now.act); }
    if (now.aside) { el.target = '_blank'; }
    actions.appendChild(el);
  }
  function locks() {
    var on = over || timeUp || paused || taken;
    kaohe.all('fieldset', form).forEach(function (field) { field.disabled = on; });
    byId('paused').hidden = !paused || over || taken;
  }

  // ---- the device and the other tabs

  var keep = kaohe.keep(paper.attempt);
  function remember(q) {
    if (q.keeping) { q.keepAgain = true; return; }
    q.keeping = true;
    var done = q.want === null
      ? keep.put(q.position, q.saved, Math.max(q.number, q.wantNumber), null, true)
      : keep.put(q.position, q.want, q.wantNumber, q.known, false);
    done.then(function (stored) {
      q.keeping = false;
      if (!stored && q.want !== null) { withoutStorage(); }
      if (q.keepAgain) { q.keepAgain = false; remember(q); }
    });
  }
  var saidUnstored = false;
  function withoutStorage() {
    if (saidUnstored) { return; }
    saidUnstored = unstored = true;
    tell();
  }
  var others = kaohe.tabs(paper.attempt, function (message) {
    var q = of[message.position];
    if (!q || over) { return; }
    last = Math.max(last, message.number);
    if (message.kind === 'saved') { savedElsewhere(q, message); } else if (message.number > Math.max(q.wantNumber, q.number)) { wantedElsewhere(q, message); }
  });
  // The other tab sends it; should that tab be gone, this one does.
  function wantedElsewhere(q, message) {
    q.want = message.want;
    q.wantNumber = message.number;
    q.known = message.known;
    q.refused = false;
    q.hold = steady() + 6000 + Math.random() * 4000;
    paper.write(q, parse(q.want));
    showWaiting(q);
    pump();
  }
  function savedElsewhere(q, message) {
    if (message.number < q.number) { return; }
    q.number = message.number;
    q.saved = message.want;
    if (q.want !== null && q.wantNumber > message.number) { q.known = message.want; remember(q); return; }
    q.want = null;
    q.troubled = false;
    paper.write(q, parse(q.saved));
    showSaved(q);
  }

  // ---- sending: a few at once; after a failure all wait together, a little longer each time

  var underWay = 0;
  var tries = 0;
  var notBefore = 0;
  var timer = 0;
  function next() { last = Math.max(last, base) + 1; return last; }
  function changed(q, hold) {
    if (over || taken) { return; }
    var value = paper.read(q);
    if (same(q, value, parse(q.want === null ? q.saved : q.want))) {
      if (!hold) { q.hold = 0; pump(); }
      refresh();
      return;
    }
    if (q.want === null) { q.known = q.saved; }
    q.want = JSON.stringify(value);
    q.hold = hold ? steady() + hold : 0;
    q.refused = false;
    if (ready) { announceWish(q); }
    if (!lost) { notBefore = 0; }
    showWaiting(q);
    pump();
  }
  function announceWish(q) {
    q.wantNumber = next();
    remember(q);
    others({ kind: 'want', position: q.position, want: q.want, number: q.wantNumber, known: q.known });
  }
  function pump() {
    clearTimeout(timer);
    if (!ready || over || taken || paused) { return; }
    var now = steady();
    var soon = notBefore > now ? notBefore - now : Infinity;
    waiting().forEach(function (q) {
      if (q.sending || q.refused) { return; }
      if (q.hold > now) { soon = Math.min(soon, Math.max(q.hold, notBefore) - now); return; }
      if (notBefore <= now && underWay < AT_ONCE) { send(q); }
    });
    if (soon < Infinity) { timer = setTimeout(pump, soon + 1); }
  }
  function flush() { notBefore = 0; questions.forEach(function (q) { q.hold = 0; }); pump(); }
  function later(after) {
    tries += 1;
    notBefore = steady() + kaohe.pause(tries, after, rest() < 10000 ? 1000 : 0);
    pump();
  }
  function send(q) {
    var want = q.want;
    var number = q.wantNumber;
    q.sending = true;
    underWay += 1;
    kaohe.request('PUT', api + '/responses/' + q.position, { response: parse(want), save: number }, rest() < 20000 ? GRACE : 0).then(function (answer) {
      q.sending = false;
      underWay -= 1;
      heardOf(answer);
      answered(q, want, number, answer);
      pump();
    });
  }
  // Whether anything comes through at all; one lost request says nothing yet.
  var failures = 0;
  function heardOf(answer) {
    var broke = failures > 0;
    failures = answer.status === 0 || answer.status === 502 || answer.status === 504 ? failures + 1 : 0;
    // Whoever answers again may be another machine, with an older copy.
    if (broke && !failures) { clearTimeout(asking); asking = setTimeout(ask, Math.random() * 2000); }
    if (lost !== failures > 1) {
      lost = failures > 1;
      waiting().forEach(function (q) { if (!q.refused) { showWaiting(q); } });
    }
    if (answer.status) { full = answer.json.type === 'no-room'; }
    if (answer.status !== 401) { signedOut = false; }
    if (answer.status < 400 && answer.status) { stranger = outside = false; }
    tell();
  }
  function answered(q, want, number, answer) {
    var type = answer.json.type;
    if (answer.status === 204) {
      tries = 0;
      q.saved = want;
      q.number = Math.max(q.number, number);
      q.troubled = false;
      acknowledged(q, want, number);
    } else if (answer.status === 409 && type === 'stale-save') {
      stale(q, want, answer.json.stored || { response: null, save: q.number });
    } else if (answer.status === 409 && type === 'taken-over') {
      regain();
    } else if (answer.status === 410 || (answer.status === 409 && type === 'attempt-finished')) {
      end();
    } else if (answer.status === 422 || answer.status === 413) {
      if (q.want === want) { q.refused = true; show(q, words.refused, 'warn'); }
    } else {
      if (answer.status === 401) { signedOut = true; }
      if (type === 'address-not-admitted') { outside = true; } else if (answer.status === 404 || answer.status === 403) { stranger = true; }
      if (type === 'paused') { stand(true); }
      q.troubled = true;
      show(q, words.unsaved, 'warn');
      later(Math.max(answer.after, signedOut || stranger ? 3000 : 0));
    }
  }
  function acknowledged(q, want, number) {
    others({ kind: 'saved', position: q.position, want: want, number: number });
    // What was chosen meanwhile follows this one.
    if (q.want !== want) { q.known = want; if (ready && q.want !== null) { remember(q); } return; }
    q.want = null;
    remember(q);
    showSaved(q);
  }
  // Another response stands under this number or a higher one.
  function stale(q, want, stored) {
    var number = Number(stored.save) || 0;
    last = Math.max(last, number);
    q.number = Math.max(q.number, number);
    q.saved = JSON.stringify(stored.response === undefined ? null : stored.response);
    if (same(q, parse(want), stored.response)) { q.troubled = false; acknowledged(q, want, number); return; }
    if (q.want !== null && q.want !== want) { announceWish(q); return; }
    yieldTo(q, want);
  }
  // Shows what is stored and says what was chosen here; never overwrites unseen.
  function yieldTo(q, want) {
    q.want = null;
    q.troubled = false;
    remember(q);
    paper.write(q, parse(q.saved));
    show(q, say('stale', { sent: paper.inWords(parse(want)) }), 'warn');
  }

  // ---- another device

  var regaining = false;
  function attempts(body) { return kaohe.request('POST', '/api/v1/tests/' + encodeURIComponent(form.dataset.test) + '/attempts', body); }
  // Reads how things stand before it asks for more, so that no new attempt begins where this one has ended.
  function reread(body) {
    if (regaining) { return; }
    regaining = true;
    kaohe.request('GET', api).then(function (answer) {
      var open = answer.status === 200 && !answer.json.finished;
      return open && (body || answer.json.held_elsewhere) ? attempts(body || {}) : answer;
    }).then(function (answer) {
      regaining = false;
      heardOf(answer);
      if (answer.status !== 200 || !answer.json.sections) { later(answer.after); return; }
      if (answer.json.finished || answer.json.attempt !== paper.attempt) { end(); return; }
      taken = answer.json.held_elsewhere;
      if (!taken) { adopt(answer.json); }
      locks();
      waiting().forEach(function (q) { show(q, taken ? words.unsaved : words.saving, taken ? 'warn' : 'muted'); });
      tell();
      pump();
    });
  }
  // The session may still be the one that saves: another tab took over, or somebody signed in anew. Otherwise it is said.
  function regain() { reread(null); }
  function takeOver() { reread({ take_over: true }); }
  // What was acknowledged isn't there any more: the server was restored, or a spare took over. It is sent again.
  function again(q) {
    q.want = q.saved;
    q.wantNumber = q.number;
    q.known = null;
    q.refused = false;
    q.hold = 0;
    show(q, words.saving, 'muted');
    remember(q);
  }
  function acknowledgedNumbers() { return questions.map(function (q) { return q.want === null ? q.number : 0; }); }
  // Holds what is stored against what was acknowledged before it was asked for.
  function compare(saves, before) {
    questions.forEach(function (q, index) {
      if (q.want === null && q.number && q.number === before[index] && (saves[q.position] || 0) < q.number) { again(q); }
    });
    pump();
  }
  // Goes on from what the server has.
  function adopt(now) {
    base = Number(now.save_base) || 0;
    last = Math.max(last, base);
    now.sections.forEach(function (section) {
      section.questions.forEach(function (stored) {
        var q = of[stored.position];
        if (q.want === null && q.number > stored.save) { again(q); }
        var before = q.want === null ? q.saved : q.known;
        q.saved = JSON.stringify(stored.response);
        q.number = stored.save;
        if (q.want === null) { if (!same(q, paper.read(q), stored.response)) { seen(q); } return; }
        settle(q, before);
      });
    });
  }
  // What was stored elsewhere takes the place of what stands here.
  function seen(q) {
    paper.write(q, parse(q.saved));
    if (paper.read(q) === null) { show(q, ''); } else { showSaved(q); }
  }
  // What waits, beside what is stored: already there, changed elsewhere meanwhile, or to be sent under a number that counts.
  function settle(q, before) {
    if (same(q, parse(q.want), parse(q.saved))) { acknowledged(q, q.want, Math.max(q.number, q.wantNumber)); return; }
    if (before !== null && q.wantNumber <= base && !same(q, parse(before), parse(q.saved))) { yieldTo(q, q.want); return; }
    q.known = q.saved;
    if (q.wantNumber <= Math.max(base, 0)) { announceWish(q); }
  }

  // ---- how the attempt stands: asked now and then, and whenever the page wakes up

  var asking = 0;
  var asked = 0;
  var answers = 0;
  function ask(then) {
    clearTimeout(asking);
    if (over) { return; }
    var before = acknowledgedNumbers();
    kaohe.request('GET', api + '/now').then(function (answer) {
      heardOf(answer);
      var isGood = answer.status === 200 && !!answer.json.server_time;
      if (isGood) { asked = 0; answers += 1; compare(answer.json.saves || {}, before); standing(answer.json); } else {
        asked += 1;
        if (answer.status === 401) { signedOut = true; }
        if (answer.status === 404 || answer.status === 403) { stranger = true; }
        tell();
      }
      var usual = paused ? 3000 : 30000;
      clearTimeout(asking);
      asking = setTimeout(ask, asked ? kaohe.pause(asked + 2, answer.after) : usual * (0.8 + Math.random() * 0.4));
      if (then) { then(isGood); }
    });
  }
  function standing(now) {
    if (now.finished) { end(); return; }
    stand(now.paused);
    if (now.held_elsewhere !== taken) { regain(); }
    now.messages.forEach(function (message) { if (!heard[message.id] && messages.every(function (known) { return known.id !== message.id; })) { messages.push(message); } });
    showMessage();
    tick();
  }
  function stand(still) {
    if (paused === still) { return; }
    paused = still;
    announce(still ? byId('paused').textContent : words.goesOn);
    locks();
    if (still) { clearTimeout(asking); asking = setTimeout(ask, 3000); } else { flush(); }
  }
  function wake() {
    ask();
    if (ready && !over) { keep.read().then(recall); }
    flush();
  }
  document.addEventListener('visibilitychange', function () { if (!document.hidden) { wake(); } });
  window.addEventListener('online', function () { setTimeout(wake, Math.random() * 500); });
  window.addEventListener('pageshow', function (event) { if (event.persisted) { leaving = false; location.reload(); } });

  // ---- what organizers say

  var heardKey = 'kaohe-heard:' + paper.attempt;
  var heard = paper.chosen.get(heardKey);
  var messages = [];
  var shown = '';
  function showMessage() {
    var box = byId('message');
    var first = messages[0];
    box.hidden = !first;
    if (!first || shown === first.id) { return; }
    shown = first.id;
    box.children[0].children[1].textContent = clock(Date.parse(first.at));
    box.children[1].textContent = first.text;
    announce(words.message + ' ' + first.text);
  }
  byId('message').querySelector('button').addEventListener('click', function () {
    heard[messages.shift().id] = 1;
    paper.chosen.set(heardKey, heard);
    showMessage();
  });

  // ---- answering

  questions.forEach(function (q) {
    paper.inputs(q).forEach(function (input) {
      input.addEventListener('change', function () { changed(q, 0); });
      if (input.type !== 'text' && input.tagName !== 'TEXTAREA') { return; }
      input.addEventListener('input', function () { changed(q, TYPING); });
      input.addEventListener('blur', function () { changed(q, 0); });
    });
  });

  // What an earlier page could not send: shown, and sent again.
  function recall(kept) {
    kept.records.forEach(function (record) {
      var q = of[record.position];
      if (!q || typeof record.want !== 'string' || q.want !== null) { return; }
      if (record.stored && record.number <= q.number) { return; }
      q.known = record.stored ? null : record.known;
      if (same(q, parse(record.want), parse(q.saved))) { keep.put(record.position, q.saved, record.number, null, true); return; }
      q.want = record.want;
      q.wantNumber = record.number;
      // A newer answer is stored: it stays, and what was chosen here is said.
      if (record.number && record.number < q.number) { yieldTo(q, q.want); return; }
      paper.write(q, parse(record.want));
      show(q, words.saving, 'muted');
      settle(q, q.known);
    });
    pump();
  }
  keep.read().then(function (kept) {
    var early = waiting();
    kept.records.forEach(function (record) { last = Math.max(last, record.number); });
    ready = true;
    early.forEach(announceWish);
    if (!kept.stored) { withoutStorage(); }
    recall(kept);
  });

  // ---- handing in: first everything is saved, then the page that lists what is unanswered

  var checking = 0;
  kaohe.check = function () {
    flush();
    clearInterval(checking);
    var since = steady();
    var before = answers;
    ask();
    checking = setInterval(step, 150);
    step();
    function step() {
      // Nothing waits, and the server has just said that it has everything.
      var isSure = !waiting().length && answers > before;
      if (over || isSure) { handingIn = false; clearInterval(checking); tell(); }
      if (over) { return; }
      if (isSure) { leaving = true; location.assign(page + '/check'); return; }
      handingIn = waiting().length > 0 && steady() - since > 1500;
      tell();
    }
  };
  form.addEventListener('submit', function (event) { event.preventDefault(); if (over) { location.assign(page); } else { kaohe.check(); } });

  // ---- the end

  var handedIn = false;
  // The time is over and everything is saved: the paper is handed in, not for all in the same moment.
  function handIn() {
    if (handedIn || over || paused) { return; }
    handedIn = true;
    setTimeout(function () {
      if (waiting().length || rest() > 0) { handedIn = false; return; }
      ask(function (isGood) {
        if (!isGood || over || waiting().length || rest() > 0) { notYet(); return; }
        kaohe.request('POST', api + '/submit', {}, GRACE).then(function (answer) {
          heardOf(answer);
          if (answer.status === 200) { leave(page); return; }
          if (answer.json.type === 'paused') { stand(true); }
          notYet();
        });
      });
    }, Math.random() * 800);
  }
  function notYet() { setTimeout(function () { handedIn = false; tick(); }, 500); }
  // Without a line the page stays, instead of a browser's own page of an error.
  function depart(times) {
    kaohe.request('GET', api + '/now', undefined, GRACE).then(function (answer) {
      if (answer.status) { leave(page); } else { setTimeout(depart, kaohe.pause(times, 0), times + 1); }
    });
  }
  // Nothing is taken any more. What was never acknowledged, or acknowledged by a machine that is gone, is said exactly,
  // and goes to the organizer.
  function end() {
    if (over) { return; }
    over = true;
    locks();
    clearTimeout(asking);
    tell();
    kaohe.request('GET', api, undefined, GRACE).then(function (answer) { reclaim(answer); ended(); });
  }
  function reclaim(answer) {
    (answer.json.sections || []).forEach(function (section) {
      section.questions.forEach(function (stored) {
        var q = of[stored.position];
        if (q.want === null && !q.sentLate && q.number > stored.save && !same(q, parse(q.saved), stored.response)) { again(q); }
      });
    });
  }
  var late = [];
  var codes = [];
  function ended() {
    var list = waiting();
    if (!list.length) { allTold(); return; }
    var records = list.map(function (q) { show(q, words.unsaved, 'warn'); return { position: q.position, want: q.want, number: q.wantNumber }; });
    never = { list: list, code: kaohe.lateCode(paper.attempt, records), told: false };
    tell();
    announce(ending());
    kaohe.sendLate(paper.attempt, records, function (answer) {
      if (!answer) { return; }
      list.forEach(function (q) { q.want = null; q.sentLate = true; });
      late = late.concat(answer.late.map(function (position) { return of[position]; }));
      if (answer.late.length) { codes.push(answer.code); }
      lookAgain(0);
    });
  }
  // Whoever answers now may be another machine than the one that acknowledged, and lie behind.
  function lookAgain(times) {
    kaohe.request('GET', api).then(function (answer) {
      if (answer.status === 200) { reclaim(answer); ended(); } else { setTimeout(lookAgain, kaohe.pause(times, answer.after), times + 1); }
    });
  }
  function allTold() {
    if (!never) { tell(); setTimeout(depart, 500 + Math.random() * 1500, 0); return; }
    keep.clear();
    if (!late.length) { leave(page); return; }
    late.sort(function (one, two) { return one.position - two.position; });
    never = { list: late, code: codes.join(' '), told: true };
    refresh();
  }

  // ---- the clock on the page

  var said = {};
  var time = byId('time');
  var started = false;
  var look = paper.chosen.get('kaohe-look');
  // Hidden time comes back at ten minutes; hidden again, at five.
  var hider = byId('hide-time');
  var shownAgainAt = 600000;
  function hide(on) { look = paper.chosen.get('kaohe-look'); look.hide = on; paper.chosen.set('kaohe-look', look); }
  function showTime(ms) {
    if (look.hide && ms <= shownAgainAt) { hide(false); }
    time.textContent = look.hide ? '' : left(ms);
    time.classList.toggle('low', ms < 300000);
    hider.textContent = look.hide ? words.show : words.hide;
    hider.setAttribute('aria-pressed', String(!!look.hide));
    hider.hidden = ms <= 300000;
  }
  hider.addEventListener('click', function () {
    hide(!look.hide);
    shownAgainAt = rest() > 600000 ? 600000 : 300000;
    showTime(rest());
    announce(look.hide ? words.hidden : left(rest()));
  });
  // A device that slept may have lost time on its steady clock; its own clock tells that, and nothing else is believed of it.
  var slept = { own: Date.now(), steady: steady() };
  function tick() {
    var drift = (Date.now() - slept.own) - (steady() - slept.steady);
    slept = { own: Date.now(), steady: steady() };
    if (Math.abs(drift) > 2000) { ask(); }
    if (over || leaving) { return; }
    if (paused) { if (!started) { showTime(rest()); } return; }
    var ms = rest();
    showTime(ms);
    [10, 5, 1].forEach(function (minutes) {
      if (ms > minutes * 60000) { said[minutes] = false; }
      if (ms <= minutes * 60000 && ms > (minutes - 1) * 60000 && !said[minutes]) {
        said[minutes] = true;
        if (started) { announce(say('minutes', { minutes: minutes })); }
      }
    });
    started = true;
    if ((ms <= 0) !== timeUp) {
      timeUp = ms <= 0;
      if (timeUp) { announce(words.timeOver); flush(); }
      locks();
      tell();
    }
    if (timeUp && ready && !taken) { if (waiting().length) { pump(); } else { handIn(); } }
    if (ms < -GRACE - 1500) { confirmEnd(); }
  }
  // The server has the last word: the time may have been lengthened while the line was cut.
  var confirming = false;
  function confirmEnd() {
    if (confirming) { return; }
    confirming = true;
    kaohe.request('GET', api + '/now', undefined, GRACE).then(function (answer) {
      heardOf(answer);
      confirming = false;
      if (rest() < -GRACE || answer.json.finished) { end(); } else { standing(answer.json); }
    });
  }
  setInterval(tick, 500);

  window.addEventListener('beforeunload', function (event) {
    var kept = over && (!never || never.told || !saidUnstored);
    if (!leaving && waiting().length && !kept) { event.preventDefault(); event.returnValue = ''; }
  });

  locks();
  refresh();
  tick();
  ask();
}());
