// Options to put in order and to match with targets: dragged by mouse or finger, or moved by keys. The answer always
// stands in the plain fields that the page has without scripts.
(function () {
  'use strict';

  var kaohe = window.kaohe;
  var paper = kaohe.paper;
  if (!paper) { return; }
  var all = kaohe.all;

  function rows(q) { return all('.mover', q.el); }
  function field(row) { return row.querySelector('select'); }
  function told(select) { select.dispatchEvent(new Event('change', { bubbles: true })); }

  // ---- dragging, the same for both: `move` is called with the place of the hand, `drop` at the end
  function draggable(grip, moved, take, move, drop) {
    function begin(event) {
      if (grip.disabled || (event.button || 0) > 0) { return; }
      var touches = event.type === 'touchstart';
      var names = touches ? ['touchmove', 'touchend', 'touchcancel'] : ['mousemove', 'mouseup', 'mouseup'];
      event.preventDefault();
      moved.classList.add('dragged');
      take();
      function at(e) { var point = touches ? e.touches[0] || e.changedTouches[0] : e; return { x: point.clientX, y: point.clientY }; }
      function go(e) { e.preventDefault(); move(at(e)); }
      function end(e) {
        document.removeEventListener(names[0], go, { passive: false });
        document.removeEventListener(names[1], end);
        document.removeEventListener(names[2], end);
        moved.classList.remove('dragged');
        drop(e.type === 'touchcancel' ? null : at(e));
      }
      document.addEventListener(names[0], go, { passive: false });
      document.addEventListener(names[1], end);
      document.addEventListener(names[2], end);
    }
    grip.addEventListener('mousedown', begin);
    grip.addEventListener('touchstart', begin, { passive: false });
  }
  function holds(el, point) {
    var box = el.getBoundingClientRect();
    return point.y >= box.top && point.y < box.bottom && point.x >= box.left && point.x < box.right;
  }

  // ---- order: the rows stand as they are answered
  function settle(q) {
    rows(q).forEach(function (row, index) { field(row).value = String(index + 1); });
    told(field(rows(q)[0]));
  }
  function shift(q, row, step, focused) {
    var list = rows(q);
    var to = list.indexOf(row) + step;
    if (to >= 0 && to < list.length) {
      row.parentNode.insertBefore(row, step < 0 ? list[to] : list[to].nextSibling);
      settle(q);
      paper.announce(paper.say('moved', { label: row.dataset.label, place: to + 1, all: list.length }));
    }
    focused.focus();
  }
  function order(q) {
    rows(q).forEach(function (row) {
      var grip = row.querySelector('.grip');
      var up = row.querySelector('.up');
      var down = row.querySelector('.down');
      up.addEventListener('click', function () { shift(q, row, -1, up); });
      down.addEventListener('click', function () { shift(q, row, 1, down); });
      grip.addEventListener('keydown', function (event) {
        var step = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
        if (step) { event.preventDefault(); shift(q, row, step, grip); }
      });
      var before = '';
      function standing() { return rows(q).map(function (one) { return one.dataset.label; }).join(); }
      draggable(grip, row, function () { before = standing(); grip.focus(); }, function (point) {
        rows(q).forEach(function (other) {
          if (other === row) { return; }
          var box = other.getBoundingClientRect();
          if (point.y < box.top || point.y >= box.bottom) { return; }
          var below = point.y > box.top + box.height / 2;
          row.parentNode.insertBefore(row, below ? other.nextSibling : other);
        });
      }, function () { if (before !== standing()) { settle(q); } });
    });
    q.el.querySelector('.as-shown').addEventListener('click', function () { settle(q); });
  }
  // After an answer from elsewhere: the rows in its order; without one they stay.
  paper.arrange = function (q) {
    var list = rows(q);
    var ranked = list.filter(function (row) { return field(row).value !== ''; });
    if (ranked.length !== list.length) { return; }
    var wanted = list.slice().sort(function (a, b) { return Number(field(a).value) - Number(field(b).value); });
    if (wanted.some(function (row, index) { return row !== list[index]; })) {
      wanted.forEach(function (row) { row.parentNode.appendChild(row); });
    }
  };

  // ---- match: a target is dragged onto an option
  function match(q) {
    all('.targets .option', q.el).forEach(function (target) {
      function over(point) {
        var under = null;
        rows(q).forEach(function (row) {
          var on = !!point && holds(row, point);
          row.classList.toggle('over', on);
          if (on) { under = row; }
        });
        return under;
      }
      draggable(target.querySelector('.grip'), target, function () {}, over, function (point) {
        var row = over(point);
        over(null);
        if (!row || field(row).value === target.dataset.label) { return; }
        field(row).value = target.dataset.label;
        told(field(row));
      });
    });
  }

  paper.questions.forEach(function (question) { (question.leaves.length ? question.leaves : [question]).forEach(function (q) {
    if (q.kind === 'order') { order(q); paper.arrange(q); }
    if (q.kind === 'match') { match(q); }
  }); });
}());
