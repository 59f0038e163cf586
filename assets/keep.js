// Answers kept on the device while their attempt is open: in the browser's own database, a record for each attempt and
// position, so that nobody ever meets those of somebody else. What the server has acknowledged is kept too, marked as
// stored: a spare server that takes over may lie seconds behind. Where the browser refuses to store, or doesn't answer in
// time, the page goes on and holds them itself. Plain ES2015, for browsers of 2017.
(function () {
  'use strict';

  var kaohe = window.kaohe = window.kaohe || {};
  var STORE = 'kept';
  var PATIENCE = 2000;
  var DAY = 86400000;
  var FORGOTTEN_AFTER = 30 * DAY;
  function isOld(record) { return record.at < Date.now() - (record.stored ? DAY : FORGOTTEN_AFTER); }

  function opened() {
    return new Promise(function (done) {
      var timer = setTimeout(done, PATIENCE, null);
      function end(database) { clearTimeout(timer); done(database); }
      try {
        var request = window.indexedDB.open('kaohe', 1);
        request.onupgradeneeded = function () { request.result.createObjectStore(STORE, { keyPath: ['attempt', 'position'] }); };
        request.onsuccess = function () {
          request.result.onversionchange = function () { request.result.close(); };
          end(request.result);
        };
        request.onerror = request.onblocked = function () { end(null); };
      } catch (e) { end(null); }
    });
  }
  var database = null;
  // Calls `act` with the records; tells whether what it did is on the disk. A connection may be lost while a phone sleeps.
  function change(act, again) {
    database = database || opened();
    return database.then(function (open) {
      if (!open) { return false; }
      return new Promise(function (done) {
        try {
          var work = open.transaction(STORE, 'readwrite', { durability: 'strict' });
          work.oncomplete = function () { done(true); };
          work.onerror = work.onabort = function () { done(false); };
          act(work.objectStore(STORE));
        } catch (e) { database = null; done(again ? false : change(act, true)); }
      });
    });
  }
  function each(records, act) {
    records.openCursor().onsuccess = function () {
      if (this.result) { act(this.result); this.result['continue'](); }
    };
  }

  // What older versions of this page kept elsewhere.
  function former() {
    var found = [];
    try {
      Object.keys(localStorage).forEach(function (key) {
        if (key.indexOf('kaohe:') !== 0) { return; }
        var kept = JSON.parse(localStorage.getItem(key)) || {};
        Object.keys(kept).forEach(function (position) {
          if (typeof kept[position].w !== 'string') { return; }
          found.push({ attempt: key.slice(6), position: Number(position), want: kept[position].w, number: Number(kept[position].n) || 0, known: null, at: Date.now() });
        });
      });
    } catch (e) { /* no such storage */ }
    return found;
  }
  function forgetFormer() {
    Object.keys(localStorage).forEach(function (key) { if (key.indexOf('kaohe:') === 0) { localStorage.removeItem(key); } });
  }

  // What is kept of one attempt. A record: position, want (JSON), number, known (JSON of what was stored before), and
  // whether the server has called it stored.
  kaohe.keep = function (attempt) {
    function put(records, record) {
      records.get([record.attempt, record.position]).onsuccess = function () {
        if (!this.result || this.result.number <= record.number) { records.put(record); }
      };
    }
    return {
      // The records, and whether the device keeps any.
      read: function () {
        var mine = [];
        var older = former();
        return change(function (records) {
          older.forEach(function (record) { put(records, record); });
        }).then(function (stored) {
          return stored && change(function (records) {
            each(records, function (cursor) {
              if (cursor.value.attempt === attempt) { mine.push(cursor.value); } else if (isOld(cursor.value)) { cursor['delete'](); }
            });
          });
        }).then(function (stored) {
          if (stored && older.length) { forgetFormer(); }
          return { stored: stored, records: stored ? mine : older.filter(function (record) { return record.attempt === attempt; }) };
        });
      },
      // Unless another tab has kept something newer.
      put: function (position, want, number, known, stored) {
        return change(function (records) {
          put(records, { attempt: attempt, position: position, want: want, number: number, known: known, stored: stored, at: Date.now() });
        });
      },
      clear: function () {
        try { localStorage.removeItem('kaohe:' + attempt); } catch (e) { /* no such storage */ }
        return change(function (records) { each(records, function (cursor) { if (cursor.value.attempt === attempt) { cursor['delete'](); } }); });
      }
    };
  };
}());
