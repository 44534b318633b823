/* Filling in a table of people by the keyboard. Without this file every cell is an ordinary field.

  form[data-grid]     its cells are inputs in rows of a table; Enter, ↓ and ↑ move within the column (Shift+Enter up),
                      ← and → at the end of a text to the cell beside; several lines pasted fill the column downwards,
                      several columns to the right. After typing, the computed cells are asked for again.
  td[data-result]     a computed cell; "key" names its row
*/
(function () {
  "use strict";

  var form = document.querySelector("form[data-grid]");
  if (!form || !window.FormData || !window.DOMParser) { return; }

  function rows() { return Array.prototype.slice.call(form.querySelectorAll("tbody tr")); }
  function cells(row) { return Array.prototype.slice.call(row.querySelectorAll("input")); }

  function place(input) {
    var row = input.closest("tr");
    return { row: rows().indexOf(row), column: cells(row).indexOf(input) };
  }

  function cellAt(row, column) {
    var found = rows()[row];
    return found ? cells(found)[column] : undefined;
  }

  function go(input) {
    if (!input) { return false; }
    input.focus();
    if (input.type !== "date") { input.select(); }
    return true;
  }

  function atEnd(input, left) {
    if (input.type === "date") { return false; }
    var whole = input.selectionStart === 0 && input.selectionEnd === input.value.length;
    return whole || (input.selectionStart === input.selectionEnd && input.selectionStart === (left ? 0 : input.value.length));
  }

  form.addEventListener("keydown", function (event) {
    var input = event.target;
    if (input.tagName !== "INPUT" || !input.closest("tbody") || event.isComposing) { return; }
    if (event.ctrlKey || event.altKey || event.metaKey) { return; }
    var at = place(input), next;
    var vertical = event.key === "Enter" || (input.type !== "date" && (event.key === "ArrowDown" || event.key === "ArrowUp"));
    if (vertical) {
      var up = event.key === "ArrowUp" || (event.key === "Enter" && event.shiftKey);
      next = cellAt(at.row + (up ? -1 : 1), at.column);
      // Enter below the last row goes on at the top of the next column, and never submits by surprise.
      if (!next && event.key === "Enter" && !up) { next = cellAt(0, at.column + 1) || form.querySelector("button[type=submit]"); }
      event.preventDefault();
      if (next && next.tagName === "BUTTON") { next.focus(); } else { go(next); }
    } else if (event.key === "ArrowLeft" && atEnd(input, true)) {
      if (go(cellAt(at.row, at.column - 1))) { event.preventDefault(); }
    } else if (event.key === "ArrowRight" && atEnd(input, false)) {
      if (go(cellAt(at.row, at.column + 1))) { event.preventDefault(); }
    }
  });

  /* What a date field takes: 2026/3/1, 2026年3月1日 and 20260301 become 2026-03-01. */
  function day(text) {
    var found = text.match(/^(\d{4})[-\/.年](\d{1,2})[-\/.月](\d{1,2})日?$/) || text.match(/^(\d{4})(\d{2})(\d{2})$/);
    return found ? found[1] + "-" + ("0" + found[2]).slice(-2) + "-" + ("0" + found[3]).slice(-2) : text;
  }

  form.addEventListener("paste", function (event) {
    var input = event.target;
    if (input.tagName !== "INPUT" || !input.closest("tbody") || !event.clipboardData) { return; }
    var text = event.clipboardData.getData("text/plain").replace(/\r/g, "").replace(/\n$/, "");
    if (!/[\n\t]/.test(text) && input.type !== "date") { return; }
    event.preventDefault();
    var at = place(input), last = input;
    text.split("\n").forEach(function (line, down) {
      line.split("\t").forEach(function (value, right) {
        var cell = cellAt(at.row + down, at.column + right);
        if (!cell) { return; }
        cell.value = cell.type === "date" ? day(value.trim()) : value.trim();
        last = cell;
      });
    });
    go(last);
    later();
  });

  /* Computed cells */
  var timer = null, asking = 0;

  function later() {
    window.clearTimeout(timer);
    timer = window.setTimeout(compute, 500);
  }

  function compute() {
    var data = new FormData(form), mine = ++asking;
    data.set("action", "compute");
    var request = new XMLHttpRequest();
    request.open("POST", window.location.href);
    request.setRequestHeader("HX-Request", "true");
    request.onload = function () {
      if (request.status !== 200 || mine !== asking) { return; }
      var fresh = new DOMParser().parseFromString(request.responseText, "text/html");
      Array.prototype.forEach.call(form.querySelectorAll("[data-result]"), function (cell) {
        var other = fresh.querySelector('[data-result="' + cell.getAttribute("data-result") + '"]');
        if (other) { cell.textContent = other.textContent; }
      });
    };
    request.send(data);
  }

  form.addEventListener("input", later);
})();
