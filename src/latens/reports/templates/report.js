"use strict";
(function () {
  var root = document.documentElement;
  var button = document.getElementById("theme");
  var prefersDark = window.matchMedia("(prefers-color-scheme: dark)");

  function isDark() {
    return root.dataset.theme ? root.dataset.theme === "dark" : prefersDark.matches;
  }
  function name() {
    button.textContent = isDark() ? "Light" : "Dark";
    button.setAttribute("aria-label", "Switch to the " + (isDark() ? "light" : "dark") + " page");
  }
  button.addEventListener("click", function () {
    root.dataset.theme = isDark() ? "light" : "dark";
    name();
  });
  prefersDark.addEventListener("change", name);
  button.hidden = false;
  name();

  // Which section is read now, in the table of contents.
  var list = document.querySelector("nav ul");
  var links = Array.from(list.querySelectorAll("a"));
  var headings = links.map(function (link) { return document.getElementById(link.hash.slice(1)); });
  var asked = false;

  function mark() {
    asked = false;
    var line = list.getBoundingClientRect().bottom + 40;
    var now = headings.filter(function (heading) { return heading.getBoundingClientRect().top < line; }).length - 1;
    links.forEach(function (link, place) {
      if (place !== now) link.removeAttribute("aria-current");
      else if (!link.hasAttribute("aria-current")) {
        link.setAttribute("aria-current", "true");
        list.scrollTo({ left: link.offsetLeft - list.offsetLeft - list.clientWidth / 3 });
      }
    });
  }
  // What is jumped to lies below the contents, however many lines these have.
  function makeRoom() {
    root.style.scrollPaddingTop = list.parentElement.offsetHeight + 16 + "px";
  }
  window.addEventListener("resize", makeRoom);
  makeRoom();
  window.addEventListener("scroll", function () {
    if (!asked) window.requestAnimationFrame(mark);
    asked = true;
  }, { passive: true });
  mark();

  // Commands name the folder that the page lies in where the page can tell, and have a button that copies.
  var said = document.getElementById("said");

  function folder() {
    var path = decodeURIComponent(window.location.pathname);
    if (window.location.protocol !== "file:" || !path.endsWith("/report.html")) return "RUN";
    path = path.slice(0, -"/report.html".length);
    if (/^\/[A-Za-z]:/.test(path)) return '"' + path.slice(1) + '"';
    return /^[\w@%+=:,./-]+$/.test(path) ? path : "'" + path.replace(/'/g, "'\"'\"'") + "'";
  }

  // Where a browser gives a page from a file no clipboard, a selection can still be copied.
  function copySelected(code) {
    var range = document.createRange();
    range.selectNodeContents(code);
    var selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    var isDone = document.execCommand("copy");
    if (isDone) selection.removeAllRanges();
    return isDone;
  }

  function copy(code) {
    if (!navigator.clipboard) return Promise.resolve(copySelected(code));
    return navigator.clipboard.writeText(code.textContent).then(
      function () { return true; },
      function () { return copySelected(code); }
    );
  }

  function addButton(code) {
    var button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.setAttribute("aria-label", "Copy: " + code.textContent.slice(0, 80));
    button.addEventListener("click", function () {
      copy(code).then(function (isDone) {
        button.textContent = isDone ? "Copied" : "Press Ctrl+C";
        said.textContent = isDone ? "Copied" : "It is selected: press Ctrl+C to copy it";
        window.setTimeout(function () { button.textContent = "Copy"; said.textContent = ""; }, 2500);
      });
    });
    var listing = code.closest(".listing");
    if (listing) listing.append(button);
    else code.after(button);
  }
  var place = folder();
  document.querySelectorAll("code").forEach(function (code) {
    var isCommand = code.textContent.startsWith("latens ");
    if (isCommand && !code.closest("pre")) {
      code.textContent = code.textContent.replace(/ RUN(?=[ /]|$)/g, function () { return " " + place; });
    }
    if (isCommand || code.classList.contains("copied")) addButton(code);
  });

  // Paper has nothing to click on.
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details").forEach(function (one) { one.open = true; });
  });
})();
