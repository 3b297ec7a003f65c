// The pixel of every point for what is shown now: colour, hidden groups, selection.

import { colouring } from "./colours.js";
import { Filters } from "./filters.js";

const FADED = 0.2;

export class Paint {
  #colourings = new Map();
  #groups = new Set();
  #groupsFrom = [];

  constructor(points, store) {
    this.points = points;
    this.store = store;
    this.filters = new Filters(points, store);
  }

  /** How the column that is chosen now colours points. */
  get colouring() {
    return this.colouringOf(this.store.state.colour);
  }

  colouringOf(column) {
    if (!this.#colourings.has(column)) {
      this.#colourings.set(column, colouring(this.points.columns[column]));
    }
    return this.#colourings.get(column);
  }

  /** Columns have other values now. */
  forget(columns) {
    for (const column of columns) this.#colourings.delete(this.points.columns.indexOf(column));
  }

  /** The names of the groups that are hidden, which outlive their places. */
  get hiddenNames() {
    const { hidden } = this.store.state;
    return [...hidden].map((place) => this.colouring.groups?.[place]?.name).filter((name) => name !== undefined);
  }

  /** The places of groups by their names; the state's own where nothing has moved. */
  groupsCalled(names) {
    const { hidden } = this.store.state;
    const places = names.map((name) => this.colouring.groups?.findIndex((group) => group.name === name) ?? -1);
    const moved = new Set(places.filter((place) => place >= 0));
    const isSame = moved.size === hidden.size && [...moved].every((place) => hidden.has(place));
    return isSame ? hidden : moved;
  }

  /** Whether a point is of a part that is shown. */
  isOfShownPart(point) {
    return this.store.state.trainedOn || !this.points.isTrainedOn[point];
  }

  isShown(point) {
    return this.isOfShownPart(point) && this.filters.passes(point) && this.#isOfShownGroup(point);
  }

  /** Whether it would be shown without the filter on one column. */
  isShownBut(place, point) {
    if (!this.isOfShownPart(point) || !this.filters.passesOthers(point, place)) return false;
    return place === this.store.state.colour || this.#isOfShownGroup(point);
  }

  /** The places of the groups that have a point which is shown. */
  get shownGroups() {
    const { colour, hidden, filters, trainedOn, columns } = this.store.state;
    const from = [colour, hidden, filters, trainedOn, columns];
    if (from.some((one, place) => one !== this.#groupsFrom[place])) {
      this.#groups = new Set();
      const { group } = this.colouring;
      this.#shown().forEach((isShown, point) => isShown && this.#groups.add(group(point)));
      this.#groupsFrom = from;
    }
    return this.#groups;
  }

  #isOfShownGroup(point) {
    const { hidden } = this.store.state;
    return hidden.size === 0 || !hidden.has(this.colouring.group(point));
  }

  /** Pixels in the order of a cloud, and which of its points are to lie on top. */
  pixelsFor(cloud, paper) {
    const { selection } = this.store.state;
    const { pixels, isSquare } = this.colouring;
    const { n } = this.points;
    const { order } = cloud;
    const full = pixels(paper, 1);
    const colours = new Int32Array(n);
    const isShown = this.#shown();
    if (selection.size === 0) {
      for (let place = 0; place < n; place++) if (isShown[order[place]]) colours[place] = full[order[place]];
      return { colours, lifted: null, isSquare };
    }
    const faded = pixels(paper, FADED);
    const chosen = new Uint8Array(n);
    for (const point of selection.points) chosen[point] = 1;
    const lifted = new Uint8Array(n);
    for (let place = 0; place < n; place++) {
      const point = order[place];
      if (!isShown[point]) continue;
      lifted[place] = chosen[point];
      colours[place] = chosen[point] ? full[point] : faded[point];
    }
    return { colours, lifted, isSquare };
  }

  /** 1 for every point that is shown: the same as `isShown`, of all points at once. */
  #shown() {
    const { hidden, trainedOn } = this.store.state;
    const { isTrainedOn, n } = this.points;
    const { group } = this.colouring;
    const misses = this.filters.missesOfAll;
    const shown = new Uint8Array(n);
    for (let point = 0; point < n; point++) shown[point] = misses[point] === 0 && (trainedOn || !isTrainedOn[point]) ? 1 : 0;
    if (hidden.size) for (let point = 0; point < n; point++) if (shown[point] && hidden.has(group(point))) shown[point] = 0;
    return shown;
  }
}
