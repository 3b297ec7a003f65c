// Every column: how its values are distributed, a filter on it, and the map in its colors.

import { inWords, numbersOf } from "../column_values.js";
import { button, element, name } from "../dom.js";
import { NO_FILTERS, withFilter } from "../filters.js";
import { counted, formatted } from "../numbers.js";
import { numberFilter } from "./number_filter.js";
import { wordFilter } from "./word_filter.js";

// What is looked at first, and how many are open at the start.
const FIRST = ["own", "given", "label", "learned", "cluster", "part", "error", "item", "certainty", "id", "code"];
const OPEN = 5;

export function columnsPanel(explorer) {
  const { store, points, paint } = explorer;
  const heading = element("h3");
  const note = element("p", { class: "quiet" });
  const list = element("div", { class: "columns" });
  const select = button("Select them", () => explorer.select(paint.pointsShown, "replace"));
  const clear = button("Clear filters", () => store.set({ filters: NO_FILTERS }));
  const made = new Map();
  let entries = [];

  const fill = () => {
    entries = listed(points).map((column) => {
      if (!made.has(column)) made.set(column, entry(explorer, column, made.size < OPEN && column.role !== "code", ask));
      return made.get(column);
    });
    list.replaceChildren(...entries.map((one) => one.element));
    ask();
  };
  let isAsked = false;
  const show = () => {
    isAsked = false;
    const { filters, selection, tab } = store.state;
    if (tab !== "columns") return;
    const n = paint.shown.reduce((sum, one) => sum + one, 0);
    heading.textContent = n === points.n ? `All ${counted(n, "sample")} are shown` : `${formatted(n)} of ${counted(points.n, "sample")} shown`;
    note.textContent = selection.size ? OF_SELECTION : HOW;
    clear.disabled = Object.keys(filters).length === 0;
    const chosen = selection.size ? selection.mask(points.n) : null;
    for (const one of entries) one.update(paint, chosen);
  };
  function ask() {
    if (!isAsked) requestAnimationFrame(show);
    isAsked = true;
  }
  store.on(["columns"], fill);
  store.on(["filters", "hidden", "trainedOn", "color", "selection", "tab"], ask);
  fill();
  return element("div", {}, heading, note, element("p", { class: "row" }, select, clear), list);
}

const HOW = "Drag over a histogram, or untick a value: the map and all other columns show what is left.";
const OF_SELECTION = "Dark are the selected samples, pale all that are shown, each by its own highest bar.";

/** The columns that can be looked at, the user's own ones first and names last; not the row number. */
function listed(points) {
  const fits = ({ role, isEmpty }) => role !== "row" && !isEmpty;
  const rank = (column) => FIRST.indexOf(isNaming(column, points.n) ? "id" : column.role);
  return points.columns.filter(fits).sort((one, other) => rank(one) - rank(other));
}

/** Whether hardly two samples have the same word, as in a column of names. */
function isNaming(column, n) {
  return column.names?.length > n / 2 && numbersOf(column) === null;
}

function entry(explorer, column, isOpen, ask) {
  const { store, points } = explorer;
  const place = points.columns.indexOf(column);
  const choose = (filter) => store.set({ filters: withFilter(store.state.filters, place, filter) });
  const mark = element("span", { class: "number quiet" });
  const summary = element("summary", {}, name(column.name, 34), mark);
  const color = button("Color the map by it", () => store.set({ color: place, hidden: new Set() }));
  const clear = button("All values", () => choose(null));
  const details = element("details", { class: "entry", open: isOpen, ontoggle: ask }, summary);
  // Values of names that a person gives change; what shows them is then made anew.
  let body = null;
  let made = null;
  const build = () => {
    made = column.values;
    body?.element.remove();
    body = numbersOf(column) ? numberFilter(column, choose) : wordFilter(column, points.n, choose);
    details.append(body.element, buttons);
  };
  const buttons = element("p", { class: "row" }, color, clear);
  const update = (paint, chosen) => {
    const filter = store.state.filters[place] ?? null;
    mark.textContent = filter ? inBrief(column, filter) : "";
    clear.disabled = filter === null;
    if (!details.open) return;
    if (column.values !== made) build();
    body.update(filter, paint.shownBut(place), { mask: chosen ?? paint.shown, ownScale: chosen !== null });
  };
  return { element: details, update };
}

function inBrief(column, { low, high, values, words }) {
  if (values) return `${values.length} chosen`;
  if (words !== undefined) return `“${words}”`;
  if (low === -Infinity) return `≤ ${inWords(column, high)}`;
  return high === Infinity ? `≥ ${inWords(column, low)}` : `${inWords(column, low)} – ${inWords(column, high)}`;
}
