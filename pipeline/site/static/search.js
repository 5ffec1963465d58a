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
