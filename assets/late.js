// What did not arrive in time: a code by which it can be recognised later, computed here so that it can be shown without
// a line, and the sending of it to the organizer.
(function () {
  'use strict';

  var kaohe = window.kaohe = window.kaohe || {};
  var LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

  // SHA-256 of a text, as numbers of 32 bits; the browser's own is there under TLS only.
  function sha256(text) {
    var bytes = unescape(encodeURIComponent(text));
    var words = [];
    var state = [];
    var constants = [];
    var i, j;
    function part(root) { return ((root - Math.floor(root)) * 4294967296) | 0; }
    for (var candidate = 2; constants.length < 64; candidate++) {
      var prime = true;
      for (i = 2; i * i <= candidate; i++) { if (candidate % i === 0) { prime = false; } }
      if (prime) {
        if (state.length < 8) { state.push(part(Math.pow(candidate, 1 / 2))); }
        constants.push(part(Math.pow(candidate, 1 / 3)));
      }
    }
    var length = bytes.length;
    bytes += '\x80';
    while (bytes.length % 64 !== 56) { bytes += '\x00'; }
    for (i = 0; i < bytes.length; i++) { words[i >> 2] |= bytes.charCodeAt(i) << (24 - (i % 4) * 8); }
    words.push(Math.floor(length / 536870912), (length * 8) | 0);
    function turn(value, by) { return (value >>> by) | (value << (32 - by)); }
    for (j = 0; j < words.length; j += 16) {
      var w = words.slice(j, j + 16);
      var s = state.slice();
      for (i = 0; i < 64; i++) {
        if (i >= 16) {
          var a = w[i - 15];
          var b = w[i - 2];
          w[i] = (w[i - 16] + (turn(a, 7) ^ turn(a, 18) ^ (a >>> 3)) + w[i - 7] + (turn(b, 17) ^ turn(b, 19) ^ (b >>> 10))) | 0;
        }
        var one = (s[7] + (turn(s[4], 6) ^ turn(s[4], 11) ^ turn(s[4], 25)) + ((s[4] & s[5]) ^ (~s[4] & s[6])) + constants[i] + w[i]) | 0;
        var two = ((turn(s[0], 2) ^ turn(s[0], 13) ^ turn(s[0], 22)) + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]))) | 0;
        s = [(one + two) | 0, s[0], s[1], s[2], (s[3] + one) | 0, s[4], s[5], s[6]];
      }
      for (i = 0; i < 8; i++) { state[i] = (state[i] + s[i]) | 0; }
    }
    return state;
  }

  // The first forty bits in letters and digits that can't be mistaken; the server computes the same.
  kaohe.lateCode = function (attempt, records) {
    var text = 'kaohe-late-1\n' + attempt + '\n';
    records.slice().sort(function (one, two) { return one.position - two.position; }).forEach(function (record) {
      text += record.position + ' ' + record.want + '\n';
    });
    var digest = sha256(text);
    var code = '';
    for (var i = 0; i < 8; i++) {
      var bits = 0;
      for (var bit = i * 5; bit < i * 5 + 5; bit++) { bits = bits * 2 + ((digest[bit >> 5] >>> (31 - (bit % 32))) & 1); }
      code += (i === 4 ? '-' : '') + LETTERS[bits];
    }
    return code;
  };

  // Sends the records until the server has them or refuses them for good; then calls `done` with what it said, or null.
  kaohe.sendLate = function (attempt, records, done) {
    var tries = 0;
    var body = { responses: records.map(function (record) { return { position: record.position, response: JSON.parse(record.want), save: Math.max(1, record.number) }; }) };
    (function attemptIt() {
      kaohe.request('POST', '/api/v1/attempts/' + attempt + '/late-responses', body).then(function (answer) {
        if (answer.status === 200 && answer.json.code) { done(answer.json); return; }
        // Still open on the server's clock, busy, cut off, or signed out: it is tried again.
        if (answer.status === 404 || answer.status === 410 || answer.status === 422 || answer.json.type === 'late-decided') { done(null); return; }
        tries += 1;
        setTimeout(attemptIt, kaohe.pause(tries, answer.after));
      });
    }());
  };

  // The page after the end: what is still kept here never arrived.
  var finished = document.getElementById('finished');
  if (!finished || !window.fetch || !window.Promise) { return; }
  var attempt = finished.dataset.attempt;
  var keep = kaohe.keep(attempt);
  try { localStorage.removeItem('kaohe-flags:' + attempt); localStorage.removeItem('kaohe-heard:' + attempt); } catch (e) { /* no storage */ }
  // Of what was acknowledged, that which isn't stored: another machine took over, and lies behind.
  function missing(records, done) {
    if (!records.length) { done([]); return; }
    var tries = 0;
    (function attemptIt() {
      kaohe.request('GET', '/api/v1/attempts/' + attempt).then(function (answer) {
        if (answer.status !== 200) {
          tries += 1;
          if (answer.status !== 404) { setTimeout(attemptIt, kaohe.pause(tries, answer.after)); }
          return;
        }
        var stored = {};
        answer.json.sections.forEach(function (section) { section.questions.forEach(function (one) { stored[one.position] = one; }); });
        done(records.filter(function (record) {
          var one = stored[record.position];
          return one && record.number > one.save && record.want !== JSON.stringify(one.response);
        }));
      });
    }());
  }
  keep.read().then(function (kept) {
    if (!kept.records.length) { return; }
    missing(kept.records.filter(function (record) { return record.stored; }), function (gone) {
      var never = kept.records.filter(function (record) { return !record.stored; }).concat(gone);
      if (never.length) { tellLate(never); } else { keep.clear(); }
    });
  });
  function tellLate(records) {
    var box = document.getElementById('lost');
    var positions = records.map(function (record) { return record.position; }).sort(function (one, two) { return one - two; });
    var code = kaohe.lateCode(attempt, records);
    box.hidden = false;
    box.firstElementChild.textContent = finished.dataset.lost.replace('{positions}', positions.join(finished.dataset.comma)).replace('{code}', code);
    kaohe.sendLate(attempt, records, function (told) {
      if (!told) { return; }
      keep.clear().then(function () { location.reload(); });
    });
  }
}());
