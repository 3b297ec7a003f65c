// What is shown, written as an address, so that a view can be sent to somebody or come back later.

import { line } from "./dom.js";
import { NO_FILTERS, filterRead, filterWritten, withFilter } from "./filters.js";
import { Camera } from "./map/camera.js";
import { NOTHING_SELECTED, Selection } from "./selection.js";

const PREFIX = "#explorer&";
// Addresses are cut by some programs; a larger selection is left out of them.
const LONGEST_SELECTION = 2_000;
export const LONGEST_NAME = 60;

/** The keys of the state that an address holds. */
export const KEPT = ["maps", "cameras", "color", "hidden", "filters", "trainedOn", "point", "end", "selection", "model", "cursor", "code", "view"];

/** Samples are said by their rows, which are the same on every page of a run. */
export function written(state, { rows }) {
  const { maps, cameras, color, hidden, filters, trainedOn, point, end, selection, model, cursor, code, view } = state;
  const parts = new URLSearchParams({ map: maps.join(","), color });
  if (view) parts.set("name", view);
  parts.set("view", maps.map((map) => numbers([cameras[map].x, cameras[map].y, cameras[map].zoom])).join(";"));
  if (hidden.size) parts.set("hidden", [...hidden].sort((a, b) => a - b).join(","));
  for (const [place, filter] of Object.entries(filters)) parts.append("filter", `${place}:${filterWritten(filter)}`);
  if (!trainedOn) parts.set("part", "held-out");
  if (point >= 0) parts.set("row", rows[point]);
  if (end >= 0) parts.set("to", rows[end]);
  const selected = encoded(Float64Array.from(selection.points, (one) => rows[one]).sort());
  if (selection.size && selected.length <= LONGEST_SELECTION) parts.set("rows", selected);
  if (model) parts.set("model", model);
  if (cursor) parts.set("cursor", `${cursor.map},${numbers([cursor.x, cursor.y])}`);
  else if (code) parts.set("code", numbers(code));
  return PREFIX + parts.toString().replaceAll("%2C", ",").replaceAll("%3B", ";");
}

/** The row that a link to a sample alone asks for, `#explorer&row=1957`, or null; a whole view names a map, too. */
export function rowIn(address) {
  const parts = new URLSearchParams(address.startsWith(PREFIX) ? address.slice(PREFIX.length) : "");
  const row = parts.has("map") ? null : parts.get("row");
  return row !== null && /^\d{1,15}$/.test(row) ? Number(row) : null;
}

/** The changes that an address stands for, or null; whatever does not fit the points is left out. */
export function read(address, state, points) {
  if (!address.startsWith(PREFIX)) return null;
  const parts = new URLSearchParams(address.slice(PREFIX.length));
  const said = integers(parts.get("map")).filter((map) => map in points.clouds).slice(0, 2);
  // A link such as "#explorer&row=1957" says a sample alone: it is shown on the whole map.
  const isLink = !parts.has("map") && parts.has("row");
  if (said.length === 0 && !isLink) return null;
  const maps = said.length ? said : state.maps;
  let cameras = isLink ? state.cameras.map(() => new Camera()) : state.cameras;
  (parts.get("view") ?? "").split(";").forEach((view, place) => {
    const [x, y, zoom] = floats(view);
    if (place < maps.length && Number.isFinite(x + y + zoom)) cameras = cameras.with(maps[place], new Camera(x, y, zoom));
  });
  const one = (key, fits, otherwise) => {
    const value = Number(parts.get(key) ?? NaN);
    return fits(value) ? value : otherwise;
  };
  const model = one("model", (value) => value in points.codes, 0);
  const pointOf = (key) => (parts.has(key) ? points.pointOf(Number(parts.get(key))) : -1);
  const selected = decoded(parts.get("rows") ?? "").map((row) => points.pointOf(row)).filter((point) => point >= 0);
  return {
    maps,
    cameras,
    color: one("color", (value) => value in points.columns, state.color),
    hidden: new Set(integers(parts.get("hidden"))),
    filters: filtersOf(parts, points),
    trainedOn: parts.get("part") !== "held-out",
    point: pointOf("row"),
    end: pointOf("to"),
    selection: selected.length ? new Selection(selected) : NOTHING_SELECTED,
    model,
    ...(isLink ? { tab: "point" } : {}),
    view: line(parts.get("name") ?? "", LONGEST_NAME),
    ...codeOf(parts, model, points),
  };
}

function filtersOf(parts, points) {
  return parts.getAll("filter").reduce((filters, text) => {
    const [, place, rest] = text.match(/^(\d{1,6}):(.*)$/s) ?? [];
    const filter = place in points.columns ? filterRead(rest, points.columns[place]) : null;
    return filter ? withFilter(filters, Number(place), filter) : filters;
  }, NO_FILTERS);
}

function codeOf(parts, model, points) {
  const codes = points.codes[model];
  const [map, x, y] = floats(parts.get("cursor"));
  if (codes && map in points.clouds && Number.isFinite(x + y)) {
    return { cursor: { map, x, y }, code: codes.at(points.clouds[map], x, y) };
  }
  const code = floats(parts.get("code"));
  const fits = codes && code.length === codes.numbers && code.every(Number.isFinite);
  return fits ? { cursor: null, code: Float32Array.from(code) } : {};
}

function numbers(values) {
  return Array.from(values, (value) => Number(value.toPrecision(6))).join(",");
}

function floats(words) {
  return words ? words.split(",").map(Number) : [];
}

function integers(words) {
  return floats(words).filter(Number.isInteger);
}

/** Sorted numbers as their differences to the base of 36. */
function encoded(sorted) {
  return Array.from(sorted, (value, i) => (value - (i ? sorted[i - 1] : 0)).toString(36)).join(".");
}

function decoded(words) {
  let sum = 0;
  return words ? words.split(".").map((word) => (sum += parseInt(word, 36))) : [];
}
