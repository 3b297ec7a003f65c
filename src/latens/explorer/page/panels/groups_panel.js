// The groups of a column, such as clusters: how large each is, and which labels it holds.

import { PALETTE } from "../colors.js";
import { numbersOf } from "../column_values.js";
import { choice, element, fillChoice, name, short } from "../dom.js";
import { counted, percent } from "../numbers.js";
import { frequencies } from "./distribution.js";

const MOST = 100;

export function groupsPanel(explorer) {
  const { store } = explorer;
  const table = element("div", { class: "groups" });
  let shown = -1;
  const select = choice("Groups", [], (value) => {
    shown = Number(value);
    fill();
  });
  const fill = () => table.replaceChildren(...groups(explorer, shown));
  const show = () => {
    if (store.state.tab !== "groups") return;
    const columns = groupings(explorer.points);
    if (!columns.some(({ place }) => place === shown)) shown = (columns.find(({ role }) => role === "cluster") ?? columns[0])?.place ?? -1;
    head.hidden = shown < 0;
    fillChoice(select, columns.map((column) => [column.place, column.name]));
    select.value = shown;
    fill();
  };
  const color = element("button", { type: "button", onclick: () => store.set({ color: shown, hidden: new Set() }) }, "Color the map by them");
  const head = element("p", { class: "row" }, select, color);
  store.on(["trainedOn", "columns", "tab"], show);
  show();
  return element("div", {}, head, table);
}

/** The columns whose groups say something, with their places. */
function groupings(points) {
  return points.columns
    .map((column, place) => ({ ...column, place }))
    .filter((column) => {
      const { role, names, isEmpty } = column;
      const isGrouping = names && !isEmpty && numbersOf(points.columns[column.place]) === null;
      return isGrouping && (role !== "part" || points.hasBothParts) && names.length <= Math.max(64, points.n / 4);
    });
}

function groups(explorer, place) {
  if (place < 0) return [element("p", { class: "quiet" }, "This run has neither clusters nor labels.")];
  const { points, paint } = explorer;
  const column = points.columns[place];
  const label = points.columns[points.first("label")];
  const members = new Map();
  for (let point = 0; point < points.n; point++) {
    if (!paint.isOfShownPart(point)) continue;
    const group = column.values[point];
    if (!members.has(group)) members.set(group, []);
    members.get(group).push(point);
  }
  const sorted = [...members].sort((a, b) => b[1].length - a[1].length);
  const rows = sorted.slice(0, MOST).map(([group, chosen]) => {
    const title = group < 0 ? "none" : column.names[group];
    return row(explorer, column, title, chosen, label === column ? null : label);
  });
  const more = sorted.length > MOST ? element("p", { class: "quiet" }, `The ${MOST} largest of ${sorted.length}.`) : null;
  const legend = label && label !== column ? element("p", { class: "quiet" }, "Bars show the labels in each group.") : null;
  return [legend, ...rows, more].filter(Boolean);
}

/** One group as a button that selects it. */
function row(explorer, column, title, chosen, label) {
  const counts = label ? frequencies(label, chosen) : [];
  const words = column.role === "cluster" ? `Cluster ${title}` : short(title, 30);
  const [most, times] = counts[0] ?? [-1, 0];
  const majority = most >= 0 ? ` ${percent(times / chosen.length)} ` : "";
  return element(
    "button",
    { type: "button", class: "group", onclick: () => explorer.select(chosen, "replace") },
    element("span", { class: "title" }, column.role === "cluster" ? words : name(title, 30)),
    element("span", { class: "quiet" }, counted(chosen.length, "sample"), majority && ",", majority, most >= 0 ? name(label.names[most], 24) : null),
    counts.length ? stacked(label, counts, chosen.length) : null,
  );
}

/** The labels of a group as one bar. */
function stacked(label, counts, n) {
  const described = counts.slice(0, 5).map(([value, count]) => `${value < 0 ? "none" : short(label.names[value], 24)} ${percent(count / n)}`);
  const bar = element("span", { class: "stack", role: "img", "aria-label": described.join(", "), title: described.join(", ") });
  for (const [value, count] of counts) {
    const part = element("span");
    part.style.width = `${(100 * count) / n}%`;
    part.style.background = value < 0 || label.names.length > PALETTE.length ? "" : PALETTE[value];
    bar.append(part);
  }
  return bar;
}
