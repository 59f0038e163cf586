// The questions of the exam page and what is chosen in them. Without scripts the form still works.
(function () {
  'use strict';

  var kaohe = window.kaohe = window.kaohe || {};
  kaohe.byId = function (id) { return document.getElementById(id); };
  kaohe.all = function (selector, root) { return Array.prototype.slice.call((root || document).querySelectorAll(selector)); };

  var form = kaohe.byId('exam');
  if (!form || !window.fetch || !window.Promise || !form.dataset) { return; }
  document.documentElement.classList.add('js');

  var words = kaohe.byId('words').dataset;
  function say(name, values) {
    var text = words[name] || '';
    Object.keys(values || {}).forEach(function (key) { text = text.split('{' + key + '}').join(values[key]); });
    return text;
  }
  function announce(text) { kaohe.byId('announce').textContent = text; }
  // What this reader chose of the page itself; never an answer.
  var chosen = {
    get: function (key) { try { return JSON.parse(window.localStorage.getItem(key)) || {}; } catch (e) { return {}; } },
    set: function (key, value) {
      try {
        if (Object.keys(value).length) { window.localStorage.setItem(key, JSON.stringify(value)); } else { window.localStorage.removeItem(key); }
      } catch (e) { /* full or not allowed: it holds for this page */ }
    }
  };

  var questions = kaohe.all('.q', form).map(function (el) {
    var position = Number(el.dataset.position);
    // What has fields of its own: the question, or each part of a case.
    var leaves = kaohe.all('.subquestion', el).map(function (part) {
      return { el: part, kind: part.dataset.kind, gaps: Number(part.dataset.gaps) };
    });
    return {
      el: el, leaves: leaves, position: position, kind: el.dataset.kind, gaps: Number(el.dataset.gaps), part: el.parentNode,
      state: kaohe.byId('s' + position), link: document.querySelector('#card .map a[href="#q' + position + '"]'),
      // What is stored, as JSON, and its number; what is to be, and what was stored when it was chosen.
      saved: form.elements['was' + position].value, number: Number(form.elements['save' + position].value) || 0,
      want: null, wantNumber: 0, known: null,
      sending: false, refused: false, troubled: false, hold: 0, keeping: false, keepAgain: false
    };
  });
  var of = {};
  questions.forEach(function (q) { of[q.position] = q; });

  function inputs(q) { return kaohe.all('fieldset input, fieldset select, fieldset textarea', q.el); }
  function label(field) { return field.parentNode.closest('.mover').dataset.label; }
  // One field of words or a number.
  function typed(q) { return ['numeric', 'short', 'essay'].indexOf(q.kind) >= 0; }
  // What stands in the fields of an order or a match, by the label of its row.
  function rows(q) {
    var given = {};
    inputs(q).forEach(function (field) { if (field.value) { given[label(field)] = field.value; } });
    return given;
  }
  function ordered(q) {
    var given = rows(q);
    var labels = [];
    Object.keys(given).forEach(function (name) { labels[Number(given[name]) - 1] = name; });
    var whole = labels.length === inputs(q).length && labels.every(function (name) { return !!name; });
    return whole && Object.keys(given).length === labels.length ? labels : null;
  }
  // By label, so that equal answers are equal as texts.
  function paired(pairs) {
    var sorted = {};
    Object.keys(pairs || {}).sort().forEach(function (name) { if (pairs[name]) { sorted[name] = pairs[name]; } });
    return Object.keys(sorted).length ? sorted : null;
  }
  function read(q) {
    if (q.kind === 'case') {
      var parts = q.leaves.map(read);
      return parts.some(function (part) { return part !== null; }) ? parts : null;
    }
    if (q.kind === 'order') { return ordered(q); }
    if (q.kind === 'match') { return paired(rows(q)); }
    if (typed(q)) { return inputs(q)[0].value.trim() === '' ? null : inputs(q)[0].value; }
    if (q.kind === 'blank') {
      var gaps = [];
      for (var i = 0; i < q.gaps; i++) { gaps.push(null); }
      inputs(q).forEach(function (input) {
        var gap = Number(input.name.split('_')[1]) - 1;
        if (gap >= 0 && gap < q.gaps && input.value.trim() !== '') { gaps[gap] = input.value; }
      });
      return gaps.some(function (text) { return text !== null; }) ? gaps : null;
    }
    var checked = inputs(q).filter(function (input) { return input.checked; }).map(function (input) { return input.value; });
    if (q.kind === 'multiple') { return checked.length ? checked : null; }
    if (!checked.length) { return null; }
    return q.kind === 'true_false' ? checked[0] === 'true' : checked[0];
  }
  function write(q, value) {
    if (q.kind === 'case') { q.leaves.forEach(function (part, index) { write(part, value ? value[index] : null); }); return; }
    inputs(q).forEach(function (input) {
      if (q.kind === 'order') {
        input.value = value ? String(value.indexOf(label(input)) + 1) : '';
      } else if (q.kind === 'match') {
        input.value = (value && value[label(input)]) || '';
      } else if (typed(q)) {
        var number = value === null ? '' : String(value);
        if (input.value !== number) { input.value = number; }
      } else if (q.kind === 'blank') {
        var text = value && value[Number(input.name.split('_')[1]) - 1];
        // The place of whoever is typing here is left alone.
        if (input.value !== (text || '')) { input.value = text || ''; }
      } else if (q.kind === 'multiple') {
        input.checked = !!value && value.indexOf(input.value) >= 0;
      } else {
        input.checked = value !== null && String(value) === input.value;
      }
    });
    if (q.kind === 'order') { kaohe.paper.arrange(q); }
  }
  function tidy(q, value) {
    if (value === null || value === undefined) { return null; }
    if (q.kind === 'case') {
      var parts = q.leaves.map(function (part, index) { return tidy(part, value[index]); });
      return parts.some(function (part) { return part !== null; }) ? parts : null;
    }
    if (q.kind === 'multiple') { return value.length ? value.slice().sort() : null; }
    if (q.kind === 'match') { return paired(value); }
    if (typed(q)) { return String(value).trim() === '' ? null : String(value); }
    if (q.kind === 'blank') {
      var gaps = value.map(function (text) { return text && text.trim() !== '' ? text : null; });
      return gaps.some(function (text) { return text !== null; }) ? gaps : null;
    }
    return value;
  }
  function inWords(value) {
    if (value === null || value === undefined) { return words.none; }
    if (value === true) { return words.right; }
    if (value === false) { return words.wrong; }
    if (!Array.isArray(value) && typeof value === 'object') { return Object.keys(value).map(function (name) { return name + '–' + value[name]; }).join(words.comma); }
    var isCase = Array.isArray(value) && value.some(function (v) { return v !== null && typeof v !== 'string'; });
    if (isCase) { return value.map(function (v, index) { return '(' + (index + 1) + ') ' + (v === null ? '–' : inWords(v)); }).join(' '); }
    return Array.isArray(value) ? value.map(function (v) { return v === null ? '–' : v; }).join(words.comma) : String(value);
  }
  function parse(text) { try { return JSON.parse(text); } catch (e) { return null; } }

  kaohe.paper = {
    form: form, words: words, say: say, announce: announce, chosen: chosen, attempt: form.dataset.attempt,
    questions: questions, of: of, inputs: inputs, read: read, write: write, parse: parse,
    same: function (q, one, two) { return JSON.stringify(tidy(q, one)) === JSON.stringify(tidy(q, two)); },
    inWords: inWords,
    positions: function (list) { return list.map(function (q) { return q.position; }).join(words.comma); }
  };
}());
