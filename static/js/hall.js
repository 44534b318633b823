/* What the hall adds when JavaScript runs. Every page works without it.

Contract (attributes in templates):
  form[data-once]                 a second submit is ignored until the page is shown again
  form[data-autosave-url]         the whole form is posted there 1.5 s after the last change, on leaving a field and when
                                  the page is hidden. The answer is a fragment for #autosave-state and the header
                                  X-Revision, put into the field "revision". 409: the fragment shows both versions;
                                  autosave rests until the page is posted or reloaded.
  [data-revision] on a submit     its value goes into "revision" first (conflict panel: 保留我填写的)
  [data-discard]                  leaving by this link loses nothing that matters: no warning
  form[data-upload="id"]          files are sent at once with progress; the answered fragment replaces #id, and
                                  #slots-counted where the answer has it
  form[data-fragment="id"]        posted in the background; the answered fragment replaces #id
  a[data-dialog="id"]             opens <dialog id>; without dialogs the link is followed
  [data-close-dialog]             closes its dialog
  [data-count-for="id"]           shows the characters left of that field (data-maxlength or maxlength)
  [data-copy="text"], [data-share="url"]   buttons: copy, share (copy where sharing is not offered)
  [data-print]                    prints the page
  details[data-close-outside]     closes on a click elsewhere and on Escape
  [data-focus]                    takes the focus when the page opens (error summary)
  [data-key="n"]                  pressed outside fields, the key moves the focus to the element; links and tabs are also
                                  followed, buttons that submit are only focused: a single key never commits
Background requests carry the header HX-Request: true, as htmx's do; htmx requests carry the CSRF token by a listener.
*/
(function () {
  "use strict";

  var doc = document;
  var root = doc.documentElement;
  root.classList.add("js");

  function all(selector, within) {
    return Array.prototype.slice.call((within || doc).querySelectorAll(selector));
  }

  function on(target, names, handler, options) {
    names.split(" ").forEach(function (name) { target.addEventListener(name, handler, options); });
  }

  /* Words for screen readers. */
  function say(words) {
    var live = doc.getElementById("live");
    if (live) { live.textContent = ""; window.setTimeout(function () { live.textContent = words; }, 50); }
  }

  function csrfToken() {
    var found = doc.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
    if (found) { return decodeURIComponent(found[1]); }
    var field = doc.querySelector("input[name=csrfmiddlewaretoken]");
    return field ? field.value : "";
  }

  /* Send a form in the background; done(status, text, request) or failed(). */
  function send(url, data, done, failed, progress) {
    var request = new XMLHttpRequest();
    request.open("POST", url);
    request.setRequestHeader("X-CSRFToken", csrfToken());
    request.setRequestHeader("HX-Request", "true");
    request.onload = function () { done(request.status, request.responseText, request); };
    request.onerror = request.ontimeout = failed;
    request.timeout = 120000;
    if (progress) { request.upload.onprogress = progress; }
    request.send(data);
  }

  /* Put a server fragment in the place of an element. Fragments come from the hall itself. */
  function replace(id, html) {
    var old = doc.getElementById(id);
    var parsed = new DOMParser().parseFromString(html, "text/html");
    var fresh = parsed.getElementById(id);
    if (!old || !fresh) { return false; }
    fresh = doc.importNode(fresh, true);
    old.parentNode.replaceChild(fresh, old);
    if (window.htmx) { window.htmx.process(fresh); }
    prepare(fresh);
    return fresh;
  }

  /* Double submit */
  function lock(form, submitter) {
    form.setAttribute("data-sent", "");
    all("button[type=submit], button:not([type])", form).forEach(function (button) {
      button.setAttribute("aria-disabled", "true");
    });
    if (submitter) { submitter.classList.add("busy"); }
    say("正在提交，请稍候");
  }

  function unlock(form) {
    form.removeAttribute("data-sent");
    all("[aria-disabled]", form).forEach(function (button) {
      button.removeAttribute("aria-disabled");
      button.classList.remove("busy");
    });
  }

  var lastClicked = null;
  on(doc, "click", function (event) {
    lastClicked = event.target.closest ? event.target.closest("button, a, summary") : null;
  }, true);

  on(doc, "submit", function (event) {
    var form = event.target;
    var submitter = event.submitter || (lastClicked && form.contains(lastClicked) ? lastClicked : null);
    if (event.defaultPrevented) { return; }
    if (form.hasAttribute("data-sent")) { event.preventDefault(); return; }
    if (submitter && submitter.hasAttribute("data-revision") && form.elements.revision) {
      form.elements.revision.value = submitter.getAttribute("data-revision");
    }
    var slot = form.getAttribute("data-upload") || form.getAttribute("data-fragment");
    if (slot && window.FormData) { event.preventDefault(); background(form, slot); return; }
    // An autosave under way would make this post look like an older version: it goes out when that is answered.
    var waits = autosaves.some(function (autosave) {
      return autosave.form === form && autosave.hold(function () { resubmit(form, submitter); });
    });
    if (waits) { event.preventDefault(); return; }
    if (form.hasAttribute("data-once")) { lock(form, submitter); }
    if (form.hasAttribute("data-autosave-url")) { autosaves.forEach(function (autosave) { autosave.leave(); }); }
  });

  function resubmit(form, submitter) {
    if (form.requestSubmit) { form.requestSubmit(submitter || undefined); return; }
    if (submitter && submitter.name) {
      var field = doc.createElement("input");
      field.type = "hidden";
      field.name = submitter.name;
      field.value = submitter.value;
      form.appendChild(field);
    }
    form.submit();
  }

  on(window, "pageshow", function () { all("form[data-sent]").forEach(unlock); });

  /* Upload and delete */
  function complain(form, words) {
    var note = form.querySelector("[data-problem]");
    if (!note) {
      note = doc.createElement("p");
      note.className = "field-mark";
      note.setAttribute("role", "alert");
      note.setAttribute("data-problem", "");
      form.appendChild(note);
    }
    note.textContent = words;
  }

  function background(form, slot) {
    var bar = form.querySelector("progress");
    lock(form);
    if (bar) { bar.hidden = false; bar.value = 0; }
    function failed(words) {
      unlock(form);
      if (bar) { bar.hidden = true; }
      complain(form, words);
    }
    send(form.action, new FormData(form), function (status, text) {
      var fresh = status < 500 ? replace(slot, text) : false;
      if (fresh) {
        replace("slots-counted", text);
        var title = fresh.querySelector(".slot-state");
        say(title ? title.textContent.trim() : "已更新");
        var next = fresh.querySelector("a, button, input");
        if (next) { next.focus(); }
      } else if (status === 413) {
        failed("文件太大，请压缩后重新上传。");
      } else if (status < 400) {
        window.location.reload();
      } else {
        failed("没有上传成功（" + status + "），请稍后再试。");
      }
    }, function () { failed("网络中断，没有上传成功，请检查网络后重试。"); }, function (event) {
      if (bar && event.lengthComputable) { bar.value = Math.round(100 * event.loaded / event.total); }
    });
  }

  on(doc, "change", function (event) {
    var form = event.target.type === "file" && event.target.form;
    if (form && form.hasAttribute("data-upload") && event.target.files.length && !form.hasAttribute("data-sent")) {
      background(form, form.getAttribute("data-upload"));
    }
  });

  /* Autosave */
  var autosaves = [];

  function Autosave(form) {
    var timer = null, saving = false, dirty = false, failing = false, resting = false, held = null;
    var state = doc.getElementById("autosave-state");
    if (!state) { return; }

    function show(words, isFailing) {
      failing = isFailing;
      state.className = "autosave-state" + (isFailing ? " autosave-state--failed" : "");
      state.textContent = words;
    }

    function release() {
      var goOn = held;
      held = null;
      if (goOn) { goOn(); }
    }

    function save() {
      window.clearTimeout(timer);
      if (!dirty || saving || resting) { return; }
      dirty = false;
      saving = true;
      var data = new FormData(form);
      all("input[type=file]", form).forEach(function (field) { data.delete(field.name); });
      send(form.getAttribute("data-autosave-url"), data, function (status, text, request) {
        saving = false;
        if (resting) { return; }
        if (status === 409) {
          held = null;
          resting = true;
          failing = true;
          state.className = "";
          state.innerHTML = text;
          state.scrollIntoView({ block: "nearest" });
          return;
        }
        if (status < 200 || status > 299 || !request.getResponseHeader("X-Revision")) {
          retry();
          release();
          return;
        }
        form.elements.revision.value = request.getResponseHeader("X-Revision");
        show("", false);
        state.innerHTML = text;
        if (dirty) { later(); }
        release();
      }, function () { saving = false; retry(); release(); });
    }

    function retry() {
      dirty = true;
      show("自动保存失败，请检查网络；离开前请点击页面下方的保存按钮。", true);
      timer = window.setTimeout(save, 15000);
    }

    function later() {
      window.clearTimeout(timer);
      timer = window.setTimeout(save, 1500);
    }

    on(form, "input change", function (event) {
      if (event.target.type === "file") { return; }
      dirty = true;
      later();
    });
    on(form, "focusout", function (event) {
      // Who goes to a button is about to post the whole form.
      var next = event.relatedTarget;
      if (!failing && !(next && next.type === "submit" && form.contains(next))) { save(); }
    });
    on(doc, "visibilitychange", function () { if (doc.visibilityState === "hidden") { save(); } });
    on(window, "beforeunload", function (event) {
      if (failing && !resting || resting && dirty) { event.preventDefault(); event.returnValue = ""; }
    });
    this.leave = function () { resting = true; failing = false; dirty = false; window.clearTimeout(timer); };
    this.form = form;
    this.hold = function (goOn) {
      if (saving) { held = goOn; }
      return saving;
    };
    autosaves.push(this);
  }

  /* Dialogs, menus, copying */
  function copy(text) {
    function done() { say("已复制"); }
    if (navigator.clipboard && window.isSecureContext) { navigator.clipboard.writeText(text).then(done, done); return; }
    var field = doc.createElement("textarea");
    field.value = text;
    field.className = "visually-hidden";
    doc.body.appendChild(field);
    field.select();
    doc.execCommand("copy");
    field.remove();
    done();
  }

  function label(button, words) {
    var before = button.textContent;
    button.textContent = words;
    window.setTimeout(function () { button.textContent = before; }, 2000);
  }

  on(doc, "click", function (event) {
    var target = event.target.closest && event.target.closest(
      "[data-dialog], [data-close-dialog], [data-copy], [data-share], [data-print], [data-discard], .error-summary a");
    all("details[data-close-outside][open]").forEach(function (details) {
      if (!details.contains(event.target)) { details.open = false; }
    });
    if (!target) { return; }
    if (target.hasAttribute("data-dialog")) {
      var dialog = doc.getElementById(target.getAttribute("data-dialog"));
      if (dialog && dialog.showModal) { event.preventDefault(); dialog.showModal(); }
    } else if (target.hasAttribute("data-close-dialog")) {
      target.closest("dialog").close();
    } else if (target.hasAttribute("data-copy")) {
      copy(target.getAttribute("data-copy"));
      label(target, "已复制");
    } else if (target.hasAttribute("data-share")) {
      var url = new URL(target.getAttribute("data-share"), window.location.href).href;
      if (navigator.share) { navigator.share({ title: doc.title, url: url }).catch(function () {}); }
      else { copy(url); label(target, "链接已复制"); }
    } else if (target.hasAttribute("data-print")) {
      window.print();
    } else if (target.hasAttribute("data-discard")) {
      autosaves.forEach(function (autosave) { autosave.leave(); });
    } else {
      focusField(event, target);
    }
  });

  /* Links of the error summary put the cursor into the field, also for groups of radio buttons. */
  function focusField(event, link) {
    var hash = link.hash && link.pathname === window.location.pathname ? link.hash.slice(1) : "";
    var place = hash && doc.getElementById(decodeURIComponent(hash));
    if (!place) { return; }
    var field = /^(INPUT|SELECT|TEXTAREA)$/.test(place.tagName) ? place : place.querySelector("input, select, textarea");
    if (field) {
      event.preventDefault();
      (field.closest(".field") || field).scrollIntoView();
      field.focus({ preventScroll: true });
    }
  }

  /* Keys */
  on(doc, "keydown", function (event) {
    if (event.key === "Escape") {
      all("details[data-close-outside][open]").forEach(function (details) {
        details.open = false;
        details.querySelector("summary").focus();
      });
    }
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.isComposing) { return; }
    if (/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) || event.target.isContentEditable) { return; }
    if (doc.querySelector("dialog[open]")) { return; }
    var key = event.key.toLowerCase();
    var target = all("[data-key]").filter(function (item) { return item.getAttribute("data-key") === key; })[0];
    if (!target) { return; }
    event.preventDefault();
    target.focus();
    if (target.tagName === "A" || target.tagName === "SUMMARY" || target.getAttribute("type") === "button") { target.click(); }
  });

  /* Character counters */
  function count(note) {
    var field = doc.getElementById(note.getAttribute("data-count-for"));
    if (!field) { return; }
    var limit = Number(field.getAttribute("data-maxlength") || field.getAttribute("maxlength"));
    function show() {
      var left = limit - Array.from(field.value).length;
      note.textContent = left >= 0 ? "还可以输入 " + left + " 字" : "超出 " + -left + " 字";
      note.classList.toggle("field-count--over", left < 0);
    }
    if (limit) { on(field, "input", show); show(); }
  }

  /* Tables shown as cards keep their meaning for screen readers. */
  function keepTableRoles(table) {
    table.setAttribute("role", "table");
    [["thead, tbody", "rowgroup"], ["tr", "row"], ["td", "cell"], ["thead th", "columnheader"], ["tbody th", "rowheader"]]
      .forEach(function (pair) {
        all(pair[0], table).forEach(function (node) { node.setAttribute("role", pair[1]); });
      });
  }

  function prepare(within) {
    all("[data-count-for]", within).forEach(count);
    all(".table--cards", within).forEach(keepTableRoles);
  }

  on(doc, "htmx:configRequest", function (event) {
    if (event.detail.verb !== "get") { event.detail.headers["X-CSRFToken"] = csrfToken(); }
  });
  on(doc, "htmx:load", function (event) { if (event.detail.elt !== doc.body) { prepare(event.detail.elt); } });
  on(doc, "htmx:sendError htmx:responseError", function () { say("没有成功，请检查网络后重试"); });

  prepare(doc);
  all("form[data-autosave-url]").forEach(function (form) { new Autosave(form); });
  var first = doc.querySelector("[data-focus]");
  if (first) { first.focus(); }
})();
