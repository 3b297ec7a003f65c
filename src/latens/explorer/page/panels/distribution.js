// How often each category occurs among some points.

import { element, name } from "../dom.js";
import { counted, percent } from "../numbers.js";

const MOST = 12;

/** Pairs of a category and how often it occurs, the most frequent first. */
export function frequencies(column, chosen) {
  const counts = new Map();
  for (const point of chosen) counts.set(column.values[point], (counts.get(column.values[point]) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}

export function distribution(column, chosen) {
  const counts = frequencies(column, chosen);
  const most = counts[0]?.[1] ?? 1;
  const rows = counts.slice(0, MOST).map(([value, count]) => {
    const bar = element("span", { class: "bar" });
    bar.style.width = `${(100 * count) / most}%`;
    const title = value < 0 ? "none" : column.names[value];
    const share = percent(count / chosen.length);
    return element(
      "tr",
      {},
      element("th", { scope: "row" }, name(title, 24)),
      element("td", { class: "number", title: counted(count, "sample") }, share),
      element("td", { class: "bars" }, bar),
    );
  });
  const rest = counts.length - rows.length;
  const more = rest > 0 ? element("p", { class: "quiet" }, `and ${rest} more`) : null;
  return element("div", {}, element("table", { class: "values" }, element("tbody", {}, ...rows)), more);
}
