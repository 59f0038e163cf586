// How the paper lies before its reader: one question at a time or all, the answer card, flags, larger letters, keys.
(function () {
  'use strict';

  var kaohe = window.kaohe;
  var paper = kaohe.paper;
  if (!paper) { return; }
  var byId = kaohe.byId;
  var form = paper.form;
  var words = paper.words;
  var questions = paper.questions;
  var body = document.body;
  var at = 0;
  var phone = window.matchMedia('(max-width: 48rem)');
  var look = paper.chosen.get('kaohe-look');

  function single() { return body.classList.contains('one'); }
  function arrange() {
    body.classList.toggle('one', look.one === undefined ? phone.matches : look.one);
    byId('one-or-all').textContent = single() ? words.all : words.one;
    if (!phone.matches) { body.classList.remove('card-open'); }
  }
  phone.addListener(arrange);
  arrange();
  byId('one-or-all').addEventListener('click', function () {
    look = paper.chosen.get('kaohe-look');
    look.one = !single();
    paper.chosen.set('kaohe-look', look);
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
    kaohe.all('.part', form).forEach(function (part) { part.classList.toggle('now', part === questions[at].part); });
    byId('previous').disabled = at === 0;
    byId('next').textContent = at === questions.length - 1 ? words.check : words.next;
    if (focus) {
      if (single()) { window.scrollTo(0, 0); } else { questions[at].el.scrollIntoView(); }
      var first = paper.inputs(questions[at])[0];
      var legend = questions[at].el.querySelector('legend');
      legend.tabIndex = -1;
      (questions[at].kind === 'blank' && !phone.matches && first ? first : legend).focus();
    }
  }
  function fromAddress() {
    var found = /^#q(\d+)$/.exec(location.hash);
    var q = found && paper.of[found[1]];
    return q ? questions.indexOf(q) : -1;
  }
  function card(open) {
    body.classList.toggle('card-open', open);
    byId('open-card').setAttribute('aria-expanded', String(open));
    if (open) { (document.querySelector('#card [aria-current]') || byId('close-card')).focus(); } else { byId('open-card').focus(); }
  }
  questions.forEach(function (q, index) {
    if (q.link) { q.link.addEventListener('click', function (event) { event.preventDefault(); body.classList.remove('card-open'); goTo(index, true); }); }
    q.el.addEventListener('focusin', function () { if (!single()) { goTo(index, false); } });
  });
  byId('previous').addEventListener('click', function () { goTo(at - 1, true); });
  byId('next').addEventListener('click', function () { if (at === questions.length - 1) { kaohe.check(); } else { goTo(at + 1, true); } });
  byId('open-card').addEventListener('click', function () { card(true); });
  byId('close-card').addEventListener('click', function () { card(false); });
  document.addEventListener('keydown', function (event) { if (event.key === 'Escape' && body.classList.contains('card-open')) { card(false); } });
  window.addEventListener('hashchange', function () { var index = fromAddress(); if (index >= 0) { goTo(index, true); } });

  // Keys work only inside a question, so that they never surprise anybody who types or listens elsewhere.
  form.addEventListener('keydown', function (event) {
    var inside = event.target.closest('.q');
    var q = inside && paper.of[inside.dataset.position];
    if (!q || event.altKey || event.ctrlKey || event.metaKey || event.isComposing) { return; }
    var index = questions.indexOf(q);
    if (event.target.tagName === 'TEXTAREA') { return; }
    if (event.key === 'Enter' && event.target.tagName !== 'BUTTON') {
      event.preventDefault();
      if (event.shiftKey) { goTo(index - 1, true); } else if (index < questions.length - 1) { goTo(index + 1, true); } else { byId('next').focus(); }
      return;
    }
    // Of a case, the part in which the key was pressed.
    var asked = q.leaves.filter(function (part) { return part.el.contains(event.target); })[0] || q;
    if (['single', 'multiple', 'true_false'].indexOf(asked.kind) < 0 || event.key.length !== 1) { return; }
    var key = event.key.toUpperCase();
    if (key === 'M') { q.el.querySelector('.flag').click(); return; }
    var options = paper.inputs(asked);
    var chosen = '123456789'.indexOf(key);
    options.forEach(function (input, i) { if (input.value === key) { chosen = i; } });
    if (options[chosen]) { options[chosen].focus(); options[chosen].click(); }
  });

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
    paper.announce(paper.say('letters', { percent: sizes[size] }));
  }
  byId('smaller').addEventListener('click', function (event) { event.preventDefault(); letters(-1); });
  byId('larger').addEventListener('click', function (event) { event.preventDefault(); letters(1); });

  var flagsKey = 'kaohe-flags:' + paper.attempt;
  var flags = paper.chosen.get(flagsKey);
  questions.forEach(function (q) {
    var button = q.el.querySelector('.flag');
    function mark() {
      button.setAttribute('aria-pressed', String(!!flags[q.position]));
      if (q.link) { q.link.classList.toggle('flagged', !!flags[q.position]); }
    }
    button.addEventListener('click', function () {
      if (flags[q.position]) { delete flags[q.position]; } else { flags[q.position] = 1; }
      paper.chosen.set(flagsKey, flags);
      mark();
    });
    mark();
  });

  var first = fromAddress();
  goTo(first >= 0 ? first : 0, false);
  window.addEventListener('load', function () { if (first >= 0 && single()) { window.scrollTo(0, 0); } });
}());
