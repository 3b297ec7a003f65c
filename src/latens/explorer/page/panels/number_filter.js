// The histogram of a column of numbers or dates, on which a range is chosen.

import { dateOf, daysOf, numbersOf } from "../column_values.js";
import { drawing, element, short } from "../dom.js";
import { Bins } from "../histogram.js";

const HEIGHT = 100;

/** `choose(filter)` is told what is chosen, null for everything; `update(filter, passes, accent)` shows it. */
export function numberFilter(column, choose) {
  const bins = new Bins(Array.from(numbersOf(column)));
  const isDate = column.kind === "date";
  const pale = drawing("path", { class: "pale" });
  const accent = drawing("path", { class: "accent" });
  const brush = drawing("rect", { class: "brush", y: 0, height: HEIGHT });
  const chart = drawing("svg", { class: "histogram", viewBox: `0 0 ${bins.n} ${HEIGHT}`, preserveAspectRatio: "none" }, brush, pale, accent);
  const gaps = element("input", { type: "checkbox", onchange: () => typed() });
  const [from, to] = ["From", "To"].map((words) =>
    element("input", { type: isDate ? "date" : "number", step: "any", "aria-label": `${words}: ${short(column.name, 40)}`, onchange: () => typed() }),
  );
  let shown = null;

  const read = (input, otherwise) => {
    if (input.value === "") return otherwise;
    return isDate ? daysOf(input.value) : Number(input.value);
  };
  const typed = () => {
    // A day ends when the next one begins.
    const end = isDate && to.value !== "" ? 1 - 1e-9 : 0;
    // Whoever types the first border wants what lies within, as whoever drags does.
    const isFirst = shown === null && (from.value !== "" || to.value !== "");
    const filter = { low: read(from, -Infinity), high: read(to, Infinity) + end, gaps: gaps.checked && !isFirst };
    const isAll = filter.low === -Infinity && filter.high === Infinity && (filter.gaps || !bins.hasGaps);
    choose(isAll ? null : filter);
  };
  listenToBrush(chart, bins, (filter) => choose(filter && { ...filter, gaps: false }));

  const update = (filter, passes, accented) => {
    const all = bins.counts(passes);
    const some = passes === accented.mask ? all : bins.counts(accented.mask);
    pale.setAttribute("d", bars(all, Math.max(1, ...all)));
    accent.setAttribute("d", bars(some, Math.max(1, ...(accented.ownScale ? some : all))));
    if (filter === shown) return;
    shown = filter;
    const write = (number) => (Number.isFinite(number) ? (isDate ? dateOf(Math.floor(number)) : String(number)) : "");
    const ends = filter ? [filter.low, filter.high] : [NaN, NaN];
    [from, to].forEach((input, place) => {
      // Nobody's typing is written over.
      if (!input.matches(":focus")) input.value = write(ends[place]);
    });
    gaps.checked = filter ? filter.gaps : true;
    const edge = (number) => Math.min(bins.n, Math.max(0, (number - bins.low) / bins.width));
    const [left, right] = filter ? [edge(filter.low), edge(filter.high + (bins.isWhole ? 0.5 : 0))] : [0, 0];
    brush.setAttribute("x", left);
    brush.setAttribute("width", Math.max(0, right - left));
  };
  gaps.checked = true;
  const withGaps = bins.hasGaps ? element("label", { class: "field" }, gaps, " and gaps") : null;
  return { element: element("div", {}, chart, element("p", { class: "row" }, from, "to", to, withGaps)), update };
}

function bars(counts, most) {
  return Array.from(counts, (count, place) => {
    const height = (HEIGHT * count) / most;
    return count ? `M${place + 0.06} ${HEIGHT}v${-Math.max(2, height)}h.88V${HEIGHT}z` : "";
  }).join("");
}

/** Dragging chooses a range of bins, a click without dragging all of them again. */
function listenToBrush(chart, bins, choose) {
  let start = null;
  const bin = ({ clientX }) => {
    const { left, width } = chart.getBoundingClientRect();
    return Math.min(bins.n - 1, Math.max(0, Math.floor(((clientX - left) / width) * bins.n)));
  };
  chart.addEventListener("pointerdown", (event) => {
    start = { bin: bin(event), x: event.clientX, isDragged: false };
    chart.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  chart.addEventListener("pointermove", (event) => {
    if (!start) return;
    start.isDragged ||= Math.abs(event.clientX - start.x) > 3;
    const ends = [start.bin, bin(event)].sort((a, b) => a - b);
    if (start.isDragged) choose(bins.between(...ends));
  });
  const end = () => {
    if (start && !start.isDragged) choose(null);
    start = null;
  };
  chart.addEventListener("pointerup", end);
  chart.addEventListener("pointercancel", end);
}
