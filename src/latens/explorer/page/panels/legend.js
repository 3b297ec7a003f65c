// What the colors mean; pressing a group hides it or brings it back.

import { rampGradient } from "../colors.js";
import { inWords } from "../column_values.js";
import { button, element, name, short } from "../dom.js";
import { counted, formatted } from "../numbers.js";

// Groups that grow while they are looked at.
const COUNTED = ["given", "learned"];

export function legend(explorer) {
  const { store } = explorer;
  const shown = element("div", { class: "legend", role: "group", "aria-label": "What the colors mean" });
  const show = () => shown.replaceChildren(...content(explorer));
  store.on(["color", "hidden", "columns"], show);
  show();
  return shown;
}

function content(explorer) {
  const { store, paint, points } = explorer;
  const { coloring } = paint;
  const column = points.columns[store.state.color];
  const title = element("span", { class: "title" }, name(column.name, 40));
  if (!coloring.groups) {
    const ramp = element("span", { class: "ramp", "aria-hidden": "true" });
    ramp.style.background = rampGradient();
    const ends = [coloring.low, coloring.high].map((value) => element("span", { class: "number" }, inWords(column, value)));
    return [title, ends[0], ramp, ends[1]];
  }
  const { hidden } = store.state;
  const groups = coloring.groups.map((group, place) => {
    const swatch = element("span", { class: coloring.isSquare ? "square swatch" : "swatch" });
    swatch.style.background = group.color;
    return element(
      "button",
      {
        type: "button",
        class: "key",
        "aria-pressed": String(!hidden.has(place)),
        title: `${short(group.name, 400)}: ${counted(group.count, "sample")}. Shift: show it alone.`,
        onclick: (event) => store.set({ hidden: toggled(hidden, place, coloring.groups.length, event.shiftKey) }),
      },
      swatch,
      name(group.name, 24),
      COUNTED.includes(column.role) ? element("span", { class: "number quiet" }, formatted(group.count)) : null,
    );
  });
  const all = hidden.size ? button("Show all", () => store.set({ hidden: new Set() })) : null;
  return [title, ...groups, all].filter(Boolean);
}

function toggled(hidden, place, n, alone) {
  if (alone) return new Set(Array.from({ length: n }, (_, other) => other).filter((other) => other !== place));
  const changed = new Set(hidden);
  if (!changed.delete(place)) changed.add(place);
  return changed;
}
