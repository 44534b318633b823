/* Only browsers without modules (IE 11 and older) load this file: the pages stay readable there, but plain. */
(function () {
  "use strict";
  var notice = document.createElement("p");
  notice.className = "banner banner--warning";
  notice.setAttribute("role", "alert");
  notice.appendChild(document.createTextNode(
    "您的浏览器版本过低，部分功能不能使用。请改用 Edge、Chrome、Firefox，或将 360、奇安信等浏览器切换到极速模式。"));
  document.body.insertBefore(notice, document.body.firstChild);
})();
