/* The review page: turning attachments over without loading the page anew, who else has the case open, the message as it
   is being written. Works without: links lead to the same page with the attachment chosen, forms post.

Contract (attributes in templates/admin/review/case/):
  a[data-view="url url …"]     shows these page images in the viewer; data-title names them
  [data-turn="1|-1"]           next and previous page of the shown attachment, going on to the next attachment
  [data-zoom]                  shows the image large
  form[data-viewing]           is posted while the reviewer is active; the answer replaces #viewers
  form[data-preview]           is posted with action=preview after a pause in typing; the answer replaces #message
*/
(function () {
  "use strict";

  var doc = document;
  var BEAT = 30000;

  function all(selector) { return Array.prototype.slice.call(doc.querySelectorAll(selector)); }

  function post(url, data, done) {
    var request = new XMLHttpRequest();
    request.open("POST", url);
    request.setRequestHeader("HX-Request", "true");
    request.onload = function () { if (request.status === 200) { done(request.responseText); } };
    request.send(data);
  }

  /* Only what changed is put on the page, so that screen readers do not repeat themselves. */
  function replace(id, html) {
    var old = doc.getElementById(id);
    var fresh = new DOMParser().parseFromString(html, "text/html").getElementById(id);
    if (old && fresh && old.innerHTML !== fresh.innerHTML) { old.parentNode.replaceChild(doc.importNode(fresh, true), old); }
    return fresh;
  }

  /* Attachments */
  var image = doc.querySelector("[data-viewer-image]");
  var title = doc.querySelector("[data-viewer-title]");
  var links = all("[data-view]");
  var shown = links.filter(function (link) { return link.getAttribute("aria-current"); })[0];
  var page = 0;

  function pages(link) { return link.getAttribute("data-view").split(" "); }

  function show(link, number) {
    var urls = pages(link);
    if (shown) { shown.removeAttribute("aria-current"); }
    shown = link;
    page = number;
    link.setAttribute("aria-current", "true");
    image.src = urls[number];
    image.alt = link.getAttribute("data-title") + " 第" + (number + 1) + "页";
    title.textContent = image.alt + "，共" + urls.length + "页";
    image.parentNode.scrollTop = 0;
  }

  function turn(step) {
    if (!shown) { return; }
    var next = page + step;
    if (next >= 0 && next < pages(shown).length) { show(shown, next); return; }
    var other = links[links.indexOf(shown) + step];
    if (other) { show(other, step > 0 ? 0 : pages(other).length - 1); }
  }

  function zoom(button) {
    var large = image.parentNode.classList.toggle("viewer-frame--large");
    button.setAttribute("aria-pressed", large ? "true" : "false");
  }

  doc.addEventListener("click", function (event) {
    var target = event.target.closest && event.target.closest("[data-view], [data-turn], [data-zoom]");
    if (!target || !image || event.ctrlKey || event.metaKey || event.shiftKey) { return; }
    if (target.hasAttribute("data-view")) { event.preventDefault(); show(target, 0); image.scrollIntoView({ block: "nearest" }); }
    else if (target.hasAttribute("data-turn")) { turn(Number(target.getAttribute("data-turn"))); }
    else { zoom(target); }
  });

  /* Who else is here. Nothing is sent while nobody moves, so that a forgotten page still ends its session. */
  var viewing = doc.querySelector("form[data-viewing]");
  var active = true;
  var drawn = doc.getElementById("viewers") && doc.getElementById("viewers").getAttribute("data-seen");

  function beat() {
    if (!active || doc.visibilityState === "hidden") { return; }
    active = false;
    post(viewing.action, new FormData(viewing), function (text) {
      var fresh = replace("viewers", text);
      var note = doc.getElementById("moved-on");
      if (fresh && fresh.getAttribute("data-seen") !== drawn && note) { note.hidden = false; }
    });
  }

  if (viewing) {
    ["pointermove", "keydown", "scroll", "pointerdown"].forEach(function (name) {
      window.addEventListener(name, function () { active = true; }, { passive: true, capture: true });
    });
    beat();
    window.setInterval(beat, BEAT);
  }

  /* The message as it is being written */
  all("form[data-preview]").forEach(function (form) {
    var timer = null;
    form.addEventListener("input", function () {
      window.clearTimeout(timer);
      timer = window.setTimeout(function () {
        var data = new FormData(form);
        data.set("action", "preview");
        post(form.getAttribute("action"), data, function (text) { replace("message", text); });
      }, 500);
    });
  });
})();
