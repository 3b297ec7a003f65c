// The pixel of every point for what is shown now: color, hidden groups, selection.

import { coloring } from "./colors.js";
import { Filters } from "./filters.js";

const FADED = 0.2;
// What decides which points are shown.
const DECIDING = ["color", "hidden", "filters", "trainedOn", "columns"];

export class Paint {
  #colorings = new Map();
  #state = null;
  #from = [];
  #shown = null;
  #groups = null;

  constructor(points, store) {
    this.points = points;
    this.store = store;
    this.filters = new Filters(points, store);
  }

  /** How the column that is chosen now colors points. */
  get coloring() {
    return this.coloringOf(this.store.state.color);
  }

  coloringOf(column) {
    if (!this.#colorings.has(column)) {
      this.#colorings.set(column, coloring(this.points.columns[column]));
    }
    return this.#colorings.get(column);
  }

  /** Columns have other values now. */
  forget(columns) {
    for (const column of columns) this.#colorings.delete(this.points.columns.indexOf(column));
  }

  /** The names of the groups that are hidden, which outlive their places. */
  get hiddenNames() {
    const { hidden } = this.store.state;
    return [...hidden].map((place) => this.coloring.groups?.[place]?.name).filter((name) => name !== undefined);
  }

  /** The places of groups by their names; the state's own where nothing has moved. */
  groupsCalled(names) {
    const { hidden } = this.store.state;
    const places = names.map((name) => this.coloring.groups?.findIndex((group) => group.name === name) ?? -1);
    const moved = new Set(places.filter((place) => place >= 0));
    const isSame = moved.size === hidden.size && [...moved].every((place) => hidden.has(place));
    return isSame ? hidden : moved;
  }

  /** Whether a point is of a part that is shown. */
  isOfShownPart(point) {
    return this.store.state.trainedOn || !this.points.isTrainedOn[point];
  }

  isShown(point) {
    return this.shown[point] === 1;
  }

  /** 1 for every point that is shown. */
  get shown() {
    this.#update();
    return this.#shown;
  }

  get pointsShown() {
    const { shown } = this;
    return Array.from(shown.keys()).filter((point) => shown[point]);
  }

  /** The places of the groups that have a point which is shown. */
  get shownGroups() {
    this.#update();
    this.#groups ??= new Set(this.pointsShown.map((point) => this.coloring.group(point)));
    return this.#groups;
  }

  /** 1 for every point that would be shown without the filter on one column, as its histogram counts them. */
  shownBut(place) {
    const isFree = place !== this.store.state.color && !this.store.state.filters[place];
    return isFree ? this.shown : this.#computed(place);
  }

  #update() {
    const { state } = this.store;
    if (state === this.#state) return;
    this.#state = state;
    const from = DECIDING.map((key) => state[key]);
    if (from.every((one, place) => one === this.#from[place])) return;
    this.#from = from;
    this.#shown = this.#computed(-1);
    this.#groups = null;
  }

  #computed(but) {
    const { hidden, trainedOn, color } = this.store.state;
    const [misses, failed] = this.filters.missed(but);
    const { isTrainedOn, n } = this.points;
    const { coloring } = this;
    const hasGroups = hidden.size > 0 && but !== color;
    const shown = new Uint8Array(n);
    for (let point = 0; point < n; point++) {
      if (misses[point] > (failed ? failed[point] : 0)) continue;
      if (!trainedOn && isTrainedOn[point]) continue;
      if (!hasGroups || !hidden.has(coloring.group(point))) shown[point] = 1;
    }
    return shown;
  }

  /** Pixels in the order of a cloud, and which of its points are to lie on top. */
  pixelsFor(cloud, paper) {
    const { selection } = this.store.state;
    const { pixels, isSquare } = this.coloring;
    const { n } = this.points;
    const { order } = cloud;
    const full = pixels(paper, 1);
    const colors = new Int32Array(n);
    const { shown } = this;
    if (selection.size === 0) {
      for (let place = 0; place < n; place++) if (shown[order[place]]) colors[place] = full[order[place]];
      return { colors, lifted: null, isSquare };
    }
    const faded = pixels(paper, FADED);
    const chosen = selection.mask(n);
    const lifted = new Uint8Array(n);
    for (let place = 0; place < n; place++) {
      const point = order[place];
      if (!shown[point]) continue;
      lifted[place] = chosen[point];
      colors[place] = chosen[point] ? full[point] : faded[point];
    }
    return { colors, lifted, isSquare };
  }
}
