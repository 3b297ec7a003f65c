// Panels of which one is shown.

import { button, element } from "../dom.js";

export function tabs(store, panels) {
  const strip = element("div", { class: "tabs", role: "tablist", "aria-label": "Details" });
  const bodies = panels.map(([key, , body]) => {
    Object.assign(body, { id: `panel-${key}`, tabIndex: -1 });
    body.setAttribute("role", "tabpanel");
    body.setAttribute("aria-labelledby", `tab-${key}`);
    return body;
  });
  const heads = panels.map(([key, words]) =>
    button(words, () => store.set({ tab: key }), { role: "tab", id: `tab-${key}`, "aria-controls": `panel-${key}` }),
  );
  strip.append(...heads);
  strip.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    const place = panels.findIndex(([key]) => key === store.state.tab);
    const next = (place + by + panels.length) % panels.length;
    store.set({ tab: panels[next][0] });
    heads[next].focus();
    event.preventDefault();
  });
  const show = ({ tab }) => {
    panels.forEach(([key], place) => {
      const isShown = key === tab;
      bodies[place].hidden = !isShown;
      heads[place].setAttribute("aria-selected", String(isShown));
      heads[place].tabIndex = isShown ? 0 : -1;
    });
  };
  store.on(["tab"], show);
  show(store.state);
  return element("aside", { class: "side", "aria-label": "Details" }, strip, ...bodies);
}
