// One map on the screen: what is drawn on it, and what happens on it.

import { inside } from "../selection.js";
import { channels, pixel } from "../colors.js";
import { clamp } from "../numbers.js";
import { element, short } from "../dom.js";
import { viewOf } from "./camera.js";
import { Painter } from "./painter.js";
import { listen } from "./gestures.js";
import { drawNames, overlap, placesOfNames } from "./names.js";
import { picturesInSight } from "./pictures.js";

// A frame may take so long while the map moves; of more points than this allows only some are drawn then.
const FRAME_MILLISECONDS = 11;
const AT_REST_AFTER = 140;
const PICK_PIXELS = 14;
const HANDLE_PIXELS = 16;
const MOST_NAMED = 8;
const PICTURE_SHARE = 0.88; // of a cell

export class Pane {
  #painter = new Painter();
  #cost = 1e-5; // milliseconds per point, corrected by every frame
  #asked = false;
  #rest = 0;
  #moving = false;
  #trace = null;
  #pictures = { points: [], cell: 0 };
  nameBoxes = []; // of the names that are written
  #beside = 0;
  #named = []; // where names are on the maps, by the last colors

  /** `place` says which of the maps of the state this one shows. */
  constructor(explorer, place) {
    Object.assign(this, { explorer, place });
    const { points, store } = explorer;
    this.canvas = element("canvas", { class: "points", "aria-hidden": "true" });
    this.marks = element("canvas", {
      class: "marks",
      tabindex: 0,
      role: "application",
      "aria-describedby": "keys",
    });
    this.decoded = element("canvas", { class: "decoded", "aria-hidden": "true", hidden: true });
    this.element = element("div", { class: "pane" }, this.canvas, this.marks, this.decoded);
    this.context = this.canvas.getContext("2d", { alpha: false, willReadFrequently: true });
    this.points = points;
    this.store = store;
    listen(this.marks, this.#answers());
    new ResizeObserver(() => this.ask()).observe(this.element);
    store.on(["maps"], () => this.#renamed());
    store.on(["maps", "color", "columns", "selection", "hidden", "filters", "trainedOn"], () => this.repaint());
    store.on(["cameras", "images"], () => this.ask());
    store.on(["hover", "point", "end", "cursor", "near", "tool", "tab", "showNames"], () => this.drawMarks());
    this.#renamed();
  }

  get map() {
    return this.store.state.maps[this.place];
  }

  get cloud() {
    return this.points.clouds[this.map];
  }

  get camera() {
    return this.store.state.cameras[this.map];
  }

  get view() {
    return viewOf(this.cloud, this.element.clientWidth, this.element.clientHeight);
  }

  toScreen(x, y) {
    return this.camera.toScreen(x, y, this.view);
  }

  /** Colors have changed: compute them anew, and draw. */
  repaint() {
    this.pixels = null;
    this.ask();
  }

  /** Draw at the next frame. */
  ask() {
    if (this.#asked || !this.cloud) return;
    this.#asked = true;
    requestAnimationFrame(() => {
      this.#asked = false;
      this.draw();
    });
  }

  draw() {
    if (!this.cloud || this.element.clientWidth === 0) return;
    const started = performance.now();
    const ratio = Math.min(2, globalThis.devicePixelRatio || 1);
    const { width, height } = this.view;
    const view = viewOf(this.cloud, Math.round(width * ratio), Math.round(height * ratio));
    for (const canvas of [this.canvas, this.marks]) {
      if (canvas.width === view.width && canvas.height === view.height) continue;
      [canvas.width, canvas.height] = [view.width, view.height];
    }
    const { paper } = this.explorer.tones;
    this.pixels ??= this.explorer.paint.pixelsFor(this.cloud, channels(paper));
    const affordable = Math.max(5_000, FRAME_MILLISECONDS / this.#cost);
    const count = this.#moving ? Math.min(this.cloud.n, Math.round(affordable)) : this.cloud.n;
    const radius = ratio * radiusOf(this.cloud.n, this.camera.zoom);
    const drawing = { camera: this.camera, view, paper: pixel(channels(paper)), radius, count };
    this.#painter.paint(this.context, this.cloud, { ...drawing, ...this.pixels });
    const took = performance.now() - started;
    this.#cost += 0.3 * (took / Math.max(1, count) - this.#cost);
    this.#drawPictures(ratio);
    this.drawMarks();
    this.explorer.drawn(this, took, count);
  }

  #drawPictures(ratio) {
    const { thumbnails } = this.points;
    const { images } = this.store.state;
    const which = {
      when: thumbnails ? images : "never",
      isShown: (point) => this.explorer.paint.isShown(point),
      isProminent: (point) => this.explorer.isProminent(point),
    };
    this.#pictures = picturesInSight(this.cloud, this.camera, this.view, which);
    const { points, cell } = this.#pictures;
    const { context } = this;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.imageSmoothingEnabled = false;
    const { of } = this.explorer.paint.coloring;
    for (const point of points) {
      const [left, top, width, height] = this.#frame(point, cell);
      context.fillStyle = `rgb(${of(point).map(Math.round).join(" ")})`;
      context.fillRect(left - 1.5, top - 1.5, width + 3, height + 3);
      thumbnails.draw(context, point, left, top, width, height);
    }
    context.setTransform(1, 0, 0, 1, 0, 0);
  }

  /** Where the picture of a point is: [left, top, width, height]. */
  #frame(point, cell) {
    const { thumbnails } = this.points;
    const size = (cell * PICTURE_SHARE) / Math.max(thumbnails.width, thumbnails.height);
    const [width, height] = [size * thumbnails.width, size * thumbnails.height];
    const level = this.camera.scale(this.view) / cell;
    // Inside its cell, so that pictures do not cover one another.
    const within = (value, side) => {
      const start = Math.floor(value * level);
      const half = side / cell / 2;
      return clamp(value * level, start + half, start + 1 - half) / level;
    };
    const [x, y] = this.toScreen(within(this.cloud.x[point], width), within(this.cloud.y[point], height));
    return [x - width / 2, y - height / 2, width, height];
  }

  /** Draw what lies above the points: rings, names, cursor and the line of a lasso. */
  drawMarks() {
    if (!this.cloud || this.element.clientWidth === 0) return;
    const { view } = this;
    const context = this.marks.getContext("2d");
    const ratio = this.marks.width / view.width;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, view.width, view.height);
    const { state } = this.store;
    const { ink, paper } = this.explorer.tones;
    const hasNames = state.showNames && !this.#pictures.points.length;
    this.nameBoxes = hasNames ? this.#writeNames(context) : [];
    if (state.tab === "labels") for (const point of this.explorer.naming.next) this.#ring(context, point, 5, ink, paper, 1.5);
    for (const { point } of state.near) this.#ring(context, point, 5, ink, paper, 1.5);
    if (state.end >= 0) this.#ring(context, state.end, 9, ink, paper, 2, "B");
    if (state.point >= 0) this.#ring(context, state.point, 9, ink, paper, 2, state.end >= 0 ? "A" : "");
    if (state.hover >= 0) this.#ring(context, state.hover, 7, ink, paper, 2);
    this.#placeDecoded(context);
    if (this.#trace) drawTrace(context, this.#trace, ink);
    if (this.explorer.keyboardOn === this) cross(context, view.width / 2, view.height / 2, 7, ink, 1);
  }

  #writeNames(context) {
    const { coloring } = this.explorer.paint;
    const { cloud } = this;
    let known = this.#named.find((one) => one.coloring === coloring && one.cloud === cloud);
    if (!known) {
      known = { coloring, cloud, places: placesOfNames(cloud, coloring) };
      this.#named = [known, ...this.#named.slice(0, MOST_NAMED - 1)];
    }
    const groups = this.explorer.paint.shownGroups;
    const names = known.places.filter(({ place }) => groups.has(place));
    return drawNames(context, names, (x, y) => this.toScreen(x, y), this.explorer.tones);
  }

  #ring(context, point, radius, ink, paper, width, letter = "") {
    const [x, y] = this.toScreen(this.cloud.x[point], this.cloud.y[point]);
    const { points, cell } = this.#pictures;
    const frame = points.includes(point) ? this.#frame(point, cell) : null;
    for (const [color, line] of [[paper, width + 2.5], [ink, width]]) {
      context.beginPath();
      if (frame) context.rect(...frame);
      else context.arc(x, y, radius, 0, 2 * Math.PI);
      context.strokeStyle = color;
      context.lineWidth = line;
      context.stroke();
    }
    if (letter) label(context, letter, x + radius + 7, y - radius, ink, paper);
  }

  /** The cursor that can be dragged, with what its code decodes to beside it. */
  #placeDecoded(context) {
    const { cursor } = this.store.state;
    const isHere = cursor !== null && cursor.map === this.map;
    this.decoded.hidden = !isHere || !this.explorer.decoding.hasImage;
    if (!isHere) return;
    const { ink, paper } = this.explorer.tones;
    const [x, y] = this.toScreen(cursor.x, cursor.y);
    for (const [color, line] of [[paper, 6], [ink, 2.5]]) {
      cross(context, x, y, 12, color, line);
      context.beginPath();
      context.arc(x, y, 7, 0, 2 * Math.PI);
      context.stroke();
    }
    const { view } = this;
    const [width, height] = [this.decoded.offsetWidth || 96, this.decoded.offsetHeight || 96];
    const [left, top] = this.#placeBeside(x, y, width, height);
    this.decoded.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
    const isOutside = x < -20 || y < -20 || x > view.width + 20 || y > view.height + 20;
    this.decoded.style.visibility = isOutside ? "hidden" : "visible";
  }

  /** Where a picture goes that belongs to a place: beside it or in a corner, where it hides the fewest names. */
  #placeBeside(x, y, width, height) {
    const { view } = this;
    const [right, bottom] = [view.width - width - 4, view.height - height - 4];
    const sides = x + 20 > right ? [x - 20 - width, x + 20] : [x + 20, x - 20 - width];
    const places = sides.flatMap((left) => [[left, y - height - 14], [left, y + 14], [left, y - height / 2]]);
    places.push([right, 4], [right, bottom], [4, 4], [4, bottom]);
    const shown = places.map(([left, top]) => [clamp(left, 4, Math.max(4, right)), clamp(top, 4, Math.max(4, bottom))]);
    const hidden = shown.map(([left, top]) => {
      const box = [left, top, left + width, top + height];
      const isOnCursor = overlap(box, [x - 12, y - 12, x + 12, y + 12]);
      return this.nameBoxes.filter((one) => overlap(box, one)).length + (isOnCursor ? 1 : 0);
    });
    const fewest = Math.min(...hidden);
    // Once it has a side it stays there for as long as that is as good as any, so that it does not jump.
    if (hidden[this.#beside] > fewest) this.#beside = hidden.indexOf(fewest);
    return shown[this.#beside];
  }

  /** The point under a place of the screen, or -1. */
  pick([screenX, screenY]) {
    const { points, cell } = this.#pictures;
    const onPicture = points.findLast((point) => {
      const [left, top, width, height] = this.#frame(point, cell);
      return screenX >= left && screenX <= left + width && screenY >= top && screenY <= top + height;
    });
    if (onPicture !== undefined) return onPicture;
    const [x, y] = this.camera.toMap(screenX, screenY, this.view);
    const reach = PICK_PIXELS / this.camera.scale(this.view);
    const [found] = this.cloud.nearest(x, y, 1, (point) => this.explorer.paint.isShown(point), reach);
    return found ? found.point : -1;
  }

  /** All points in sight that are shown. */
  inSight() {
    const found = [];
    this.cloud.within(...this.camera.bounds(this.view), (point) => {
      if (this.explorer.paint.isShown(point)) found.push(point);
    });
    return found;
  }

  moveCamera(camera) {
    this.#moving = true;
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => {
      this.#moving = false;
      this.ask();
    }, AT_REST_AFTER);
    this.store.set({ cameras: this.store.state.cameras.with(this.map, camera) });
  }

  #answers() {
    const { explorer, store } = this;
    return {
      startsDrag: (place, event) => this.#startsDrag(place, event),
      pan: (dx, dy) => this.moveCamera(this.camera.moved(dx, dy, this.view)),
      zoom: (factor, [x, y]) => this.moveCamera(this.camera.zoomed(factor, x, y, this.view)),
      hover: (place) => explorer.hover(this, place ? this.pick(place) : -1, place),
      click: (place, event) => {
        if (store.state.tool === "decode") return;
        const point = this.pick(place);
        if (event.shiftKey && point >= 0 && store.state.point >= 0) store.set({ end: point });
        else explorer.open(point);
      },
      isActive: () => explorer.options.alone || explorer.root.activeElement === this.marks,
      key: (event) => explorer.key(event, this),
    };
  }

  #startsDrag(place, event) {
    const { tool, cursor } = this.store.state;
    const isOnCursor =
      cursor?.map === this.map && Math.hypot(...this.#fromCursor(place, cursor)) < HANDLE_PIXELS;
    if (tool === "decode" || isOnCursor) return this.#decodeDrag(place, tool === "decode");
    if (tool === "lasso" || tool === "box" || event.shiftKey) {
      return this.#selectDrag(place, tool === "box" ? "box" : "lasso", event);
    }
    return null;
  }

  #fromCursor([screenX, screenY], { x, y }) {
    const [left, top] = this.toScreen(x, y);
    return [screenX - left, screenY - top];
  }

  #decodeDrag(start, atOnce) {
    const move = ([x, y]) => this.explorer.decoding.goTo(this.map, ...this.camera.toMap(x, y, this.view));
    if (atOnce) move(start);
    return (place) => {
      if (place) move(place);
    };
  }

  #selectDrag(start, tool, event) {
    const how = event.altKey ? "remove" : event.shiftKey ? "add" : "replace";
    let trace = [start];
    return (place) => {
      if (place) {
        const [[x0, y0]] = trace;
        trace = tool === "box" ? [start, [place[0], y0], place, [x0, place[1]]] : [...trace, place];
        this.#trace = trace;
        this.explorer.hover(this, -1, null);
        this.drawMarks();
        return;
      }
      this.#trace = null;
      this.drawMarks();
      if (trace.length > 2) {
        const polygon = trace.map(([x, y]) => this.camera.toMap(x, y, this.view));
        this.explorer.select(inside(this.cloud, polygon, (point) => this.explorer.paint.isShown(point)), how);
      }
    };
  }

  #renamed() {
    const { cloud } = this;
    if (cloud) this.marks.setAttribute("aria-label", `Map of ${short(cloud.title)}, ${cloud.n} points`);
  }
}

/** Of few points larger ones, and larger ones the nearer they are. */
function radiusOf(n, zoom) {
  const base = clamp(3.4 - 0.55 * Math.log10(Math.max(1, n / 500)), 1, 3.4);
  return Math.min(6, base * Math.max(1, zoom) ** 0.28);
}

function drawTrace(context, trace, ink) {
  context.beginPath();
  trace.forEach(([x, y]) => context.lineTo(x, y));
  context.closePath();
  context.strokeStyle = ink;
  context.lineWidth = 1.5;
  context.setLineDash([5, 4]);
  context.stroke();
  context.setLineDash([]);
}

function cross(context, x, y, reach, color, line) {
  context.strokeStyle = color;
  context.lineWidth = line;
  context.beginPath();
  for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
    context.moveTo(x + dx * 4, y + dy * 4);
    context.lineTo(x + dx * reach, y + dy * reach);
  }
  context.stroke();
}

function label(context, letter, x, y, ink, paper) {
  context.font = "700 12px system-ui, sans-serif";
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineWidth = 4;
  context.strokeStyle = paper;
  context.strokeText(letter, x, y);
  context.fillStyle = ink;
  context.fillText(letter, x, y);
}
