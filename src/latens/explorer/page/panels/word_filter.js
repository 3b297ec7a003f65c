// The categories of a column, of which some are chosen, and a search in those that are many.

import { element, name, short } from "../dom.js";
import { formatted, percent } from "../numbers.js";
import { frequencies } from "./distribution.js";

const MOST = 10;

/** As `numberFilter`, for words. */
export function wordFilter(column, n, choose) {
  const everyone = Array.from({ length: n }, (_, point) => point);
  const values = frequencies(column, everyone);
  const all = values.map(([value]) => value);
  let chosen = new Set(all);
  const toggle = (value, alone) => {
    if (alone) chosen = new Set([value]);
    else if (!chosen.delete(value)) chosen.add(value);
    choose(chosen.size === all.length ? null : { values: [...chosen].sort((a, b) => a - b) });
  };
  // Of names, no word is more frequent than another.
  const shown = values.length > n / 2 ? [] : values.slice(0, MOST);
  const rows = shown.map(([value]) => row(column, value, toggle));
  const words = element("input", {
    type: "search",
    placeholder: "contains …",
    "aria-label": `Words in ${short(column.name, 40)}`,
    oninput: () => choose(words.value ? { words: words.value } : null),
  });
  const rest = values.length - rows.length;
  const more = rest > 0 ? [element("p", { class: "quiet" }, rows.length ? `and ${formatted(rest)} more` : `${formatted(rest)} different words`), words] : [];

  const update = (filter, passes, accented) => {
    chosen = new Set(filter?.values ?? all);
    if (words.value !== (filter?.words ?? "")) words.value = filter?.words ?? "";
    const counts = [counted(column, passes)];
    counts.push(passes === accented.mask ? counts[0] : counted(column, accented.mask));
    const most = counts.map((some) => some.reduce((one, other) => Math.max(one, other), 1));
    const total = counts[1].reduce((sum, count) => sum + count, 0);
    for (const one of rows) {
      const [of, some] = counts.map((count) => count[one.value + 1]);
      one.show(chosen.has(one.value), of / most[0], some / most[accented.ownScale ? 1 : 0], some, total);
    }
  };
  return { element: element("div", {}, element("table", { class: "values" }, element("tbody", {}, ...rows.map(({ row }) => row))), ...more), update };
}

function row(column, value, toggle) {
  const title = value < 0 ? "none" : column.names[value];
  const box = element("input", { type: "checkbox", onchange: () => toggle(value, false), "aria-label": short(title, 60) });
  const only = element("button", { type: "button", class: "plain", title: "Show it alone", onclick: () => toggle(value, true) }, name(title, 24));
  const [pale, accent] = ["pale bar", "bar"].map((kind) => element("span", { class: kind }));
  const number = element("td", { class: "number" });
  const made = element("tr", {}, element("td", {}, box), element("th", { scope: "row" }, only), number, element("td", { class: "bars" }, element("span", { class: "track" }, pale, accent)));
  const show = (isChosen, of, some, count, total) => {
    box.checked = isChosen;
    number.textContent = formatted(count);
    number.title = total ? percent(count / total) : "";
    pale.style.width = `${100 * of}%`;
    accent.style.width = `${100 * some}%`;
  };
  return { value, row: made, show };
}

/** How many of the points with a 1 have each value, that of none first. */
function counted({ names, values }, mask) {
  const counts = new Uint32Array(names.length + 1);
  for (let point = 0; point < mask.length; point++) if (mask[point]) counts[values[point] + 1]++;
  return counts;
}
