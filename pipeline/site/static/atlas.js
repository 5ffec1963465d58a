"use strict";
/* Finds places and bodies by name, former name or code. The index lies in scripts beside the pages, so that it works
   from a disk too; a query loads the one script that its first sign names. */
(function () {
  var input = document.getElementById("q"), hits = document.getElementById("hits");
  if (!input || !hits) return;
  var count = 0, kept = {}, asked = {}, most = 30;
  function load(name) {
    if (asked[name]) return;
    asked[name] = true;
    var script = document.createElement("script");
    script.src = "search/" + name + ".js";
    document.head.appendChild(script);
  }
  function shard(query) {
    var digits = /^[0-9]{2}/.test(query);
    return (digits ? parseInt(query.slice(0, 2), 10) : query.codePointAt(0)) % count;
  }
  function rank(entry, query) {
    if (entry[0] === query || entry[2] === query) return 0;
    if (entry[0].indexOf(query) === 0 || entry[2].indexOf(query) === 0) return entry[4] ? 1 : 2;
    if (entry[0].indexOf(query) > 0 || entry[1].indexOf(query) >= 0) return entry[4] ? 3 : 4;
    return -1;
  }
  function line(entry, query) {
    var item = document.createElement("li"), name = document.createElement(entry[4] ? "a" : "span");
    name.textContent = entry[0];
    if (entry[4]) name.href = entry[4];
    var rest = " " + entry[2] + " · " + entry[3] + (entry[1] ? " · 曾名 formerly " + entry[1] : "") +
      (entry[4] ? "" : " · 本快照没有它的报告 no report in this snapshot");
    item.appendChild(name);
    item.appendChild(document.createTextNode(rest));
    return item;
  }
  function show() {
    var query = input.value.trim();
    hits.textContent = "";
    if (!query || /^[0-9]$/.test(query)) return;
    if (!count) { load("shards"); return; }
    var n = shard(query), entries = kept[n];
    if (!entries) { load(String(n)); return; }
    var found = [];
    for (var i = 0; i < entries.length; i++) {
      var r = rank(entries[i], query);
      if (r >= 0) found.push([r, i]);
    }
    found.sort(function (a, b) { return a[0] - b[0] || a[1] - b[1]; });
    found.slice(0, most).forEach(function (f) { hits.appendChild(line(entries[f[1]], query)); });
    if (!found.length || found.length > most) {
      var item = document.createElement("li");
      item.textContent = found.length ? "另有 " + (found.length - most) + " 项 more" : "没有找到 nothing found";
      hits.appendChild(item);
    }
  }
  window.atlas_shards = function (number) { count = number; show(); };
  window.atlas_found = function (number, entries) { kept[number] = entries; show(); };
  input.addEventListener("input", show);
  input.form.addEventListener("submit", function (event) {
    var first = hits.querySelector("a");
    event.preventDefault();
    if (first) location.href = first.href;
  });
  if (input.value) show();
})();
/* Two places side by side: each place's series lies in the script of its prefecture. */
(function () {
  var a = document.getElementById("a"), b = document.getElementById("b"), beside = document.getElementById("beside");
  if (!a || !b || !beside) return;
  var kept = {}, asked = {};
  function load(code) {
    var name = code.slice(0, 4);
    if (asked[name]) return;
    asked[name] = true;
    var script = document.createElement("script");
    script.src = "side/" + name + ".js";
    document.head.appendChild(script);
  }
  function cell(row, kind, text, scope) {
    var made = document.createElement(kind);
    made.textContent = text;
    if (scope) made.scope = scope;
    row.appendChild(made);
    return made;
  }
  function figure(row, place, measure, year) {
    var n = place.years.indexOf(year), text = n < 0 || !place.rows[measure] ? "" : place.rows[measure][n];
    var made = cell(row, "td", "");
    made.className = n < 0 || !place.reports[n] ? "gap" : "n";
    if (!text) return;
    var link = document.createElement("a");
    link.textContent = text;
    link.href = place.reports[n] + "#m:" + measure;
    made.appendChild(link);
  }
  function show() {
    if (!a.value || !b.value) return;
    location.replace("#" + a.value + "," + b.value);
    var one = kept[a.value], other = kept[b.value];
    if (!one) load(a.value);
    if (!other) load(b.value);
    if (!one || !other) return;
    var years = one.years.concat(other.years).filter(function (y, i, all) { return all.indexOf(y) === i; }).sort();
    var table = document.createElement("table"), head = table.createTHead().insertRow(), body = table.createTBody();
    table.className = "series";
    table.createCaption().textContent = one.name + " · " + other.name;
    cell(head, "th", "口径 measure", "col");
    cell(head, "th", "地方 place", "col");
    years.forEach(function (y) { cell(head, "th", String(y), "col").className = "n"; });
    one.measures.forEach(function (m) {
      [one, other].forEach(function (place, n) {
        var row = body.insertRow();
        if (!n) cell(row, "th", m[1] + " " + m[2], "rowgroup").rowSpan = 2;
        cell(row, "th", place.name, "row");
        years.forEach(function (y) { figure(row, place, m[0], y); });
      });
    });
    beside.textContent = "";
    beside.appendChild(table);
  }
  window.atlas_places = function (places) {
    places.forEach(function (p) { kept[p.code] = p; });
    show();
  };
  var given = location.hash.slice(1).split(",");
  if (given[0]) a.value = given[0];
  if (given[1]) b.value = given[1];
  else if (b.options.length > 1) b.selectedIndex = a.selectedIndex === 1 ? 0 : 1;
  a.addEventListener("change", show);
  b.addEventListener("change", show);
  show();
})();
