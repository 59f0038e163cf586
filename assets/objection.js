// A note against a question, sent beside the answers: it touches none of them and waits for none.
(function () {
  'use strict';

  var kaohe = window.kaohe;
  var paper = kaohe.paper;
  if (!paper) { return; }
  var path = '/api/v1/attempts/' + paper.attempt + '/objections';

  function tell(box, text, isGood) {
    var line = box.querySelector('p[role]');
    if (!line) {
      line = document.createElement('p');
      line.setAttribute('role', 'status');
      box.appendChild(line);
    }
    line.className = isGood ? 'small good' : 'small warn';
    line.textContent = text;
  }
  paper.form.addEventListener('click', function (event) {
    var button = event.target.closest('.object button');
    if (!button) { return; }
    event.preventDefault();
    var box = button.closest('.object');
    var withdraws = button.name === 'withdraw';
    var field = box.querySelector('textarea');
    if (!withdraws && !field.value.trim()) { field.focus(); return; }
    button.disabled = true;
    var sent = withdraws
      ? kaohe.request('DELETE', path + '/' + box.dataset.object)
      : kaohe.request('POST', path, { position: Number(box.dataset.object), note: field.value });
    sent.then(function (answer) {
      button.disabled = false;
      var isGood = answer.status === 200 || answer.status === 204;
      if (!isGood) { tell(box, answer.json.detail || answer.json.title || paper.words.objectionFailed, false); return; }
      if (withdraws) { field.value = ''; button.parentNode.removeChild(button); }
      tell(box, withdraws ? paper.words.withdrawn : paper.words.objected, true);
    });
  });
}());
