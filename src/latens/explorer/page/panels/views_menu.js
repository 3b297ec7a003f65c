// A menu of the views that were saved, and a line to save this one.

import { LONGEST_NAME } from "../address.js";
import { button, element, name, short } from "../dom.js";

export function viewsMenu(explorer) {
  const { store, views } = explorer;
  const list = element("div", { class: "list" });
  const input = element("input", { type: "text", placeholder: "Name of this view", "aria-label": "Name of this view", maxlength: LONGEST_NAME });
  const submit = (event) => {
    event.preventDefault();
    views.save(input.value);
    input.value = "";
  };
  const form = element("form", { class: "row", onsubmit: submit }, input, element("button", { type: "submit" }, "Save"));
  const summary = element("summary", { title: "Views that you named, to come back to" });
  const menu = element("details", { class: "menu" }, summary, element("div", { class: "popup" }, list, form));
  const close = () => (menu.open = false);
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    close();
    summary.focus();
    event.stopPropagation();
  });
  menu.addEventListener("focusout", (event) => event.relatedTarget && !menu.contains(event.relatedTarget) && close());
  const show = () => {
    const { views: saved, view } = store.state;
    summary.textContent = view ? `View: ${short(view, 20)}` : "Views";
    list.replaceChildren(...saved.map((one) => row(explorer, one, one.name === view, close)));
    if (saved.length === 0) list.append(element("p", { class: "quiet" }, "Colors, filters, places and the selection of a view come back by its name."));
  };
  store.on(["views", "view"], show);
  show();
  return menu;
}

function row({ views }, one, isShown, close) {
  const go = button("", () => {
    close();
    views.show(one);
  });
  go.append(name(one.name, 40));
  if (isShown) go.setAttribute("aria-current", "true");
  const words = `Remove the view ${short(one.name, 40)}`;
  return element("p", { class: "entry" }, go, button("×", () => views.remove(one.name), { "aria-label": words, title: words }));
}
