// The explorer as a whole: its state, its parts, and what they tell one another.

import { rowIn } from "./address.js";
import { Blocks } from "./blocks.js";
import { Decoding } from "./decoding.js";
import { element, name, short } from "./dom.js";
import { History } from "./history.js";
import { Keeper } from "./keeper.js";
import { Labels } from "./labels.js";
import { NO_FILTERS } from "./filters.js";
import { Camera } from "./map/camera.js";
import { Pane } from "./map/pane.js";
import { counted } from "./numbers.js";
import { Naming } from "./naming.js";
import { Paint } from "./paint.js";
import { Card } from "./panels/card.js";
import { columnsPanel } from "./panels/columns_panel.js";
import { decodePanel } from "./panels/decode_panel.js";
import { groupsPanel } from "./panels/groups_panel.js";
import { labelsPanel } from "./panels/labels_panel.js";
import { legend } from "./panels/legend.js";
import { neighborsOf, pointPanel } from "./panels/point_panel.js";
import { selectionPanel } from "./panels/selection_panel.js";
import { tabs } from "./panels/tabs.js";
import { toolbar } from "./panels/toolbar.js";
import { Points } from "./points.js";
import { drawSample } from "./samples.js";
import { NOTHING_SELECTED, Selection } from "./selection.js";
import { Store } from "./store.js";
import { STYLE } from "./style.js";
import { Undo } from "./undo.js";
import { Views } from "./views.js";

const KEYS =
  "Arrow keys move the map, plus and minus zoom, 0 shows all of it. Enter opens the point nearest to the middle, " +
  "Shift and the arrow keys move the cursor that decodes, S selects all points in sight, Escape clears. " +
  "M, L, B and D choose what dragging does, / searches, [ and ] go back and forward. " +
  "N names what is selected or open, 1 to 9 give it one of the first nine labels. Ctrl+Z undoes names, selections and " +
  "filters, Ctrl+Shift+Z does them again.";

const CURSOR_STEP = 12; // pixels
const DIGITS = [1, 2, 3, 4, 5, 6, 7, 8, 9];

/**
 * Show an exploration inside an element.
 *
 * Options: `alone` (nothing else is on the page, so wheel and keys are ours), `inAddress` (the view is kept in
 * the address), `imageUrl(point)` (where larger pictures are), `onSelect(rows)`, `keptBy(points)` (where labels and
 * views are kept, as the `Keeper` takes it), `kept` (what is kept there now) and `learn(labels)` (a promise of classes, as `predictions.py` has them).
 */
export function mount(host, buffer, options = {}) {
  const points = new Points(new Blocks(buffer));
  // What a server has kept since the data were packed.
  if (options.kept) points.kept = options.kept;
  const explorer = new Explorer(host, points, options);
  host.explorer = explorer;
  return explorer;
}

class Explorer {
  #pictureListeners = [];
  #opened = [-1, -1];

  constructor(host, points, options) {
    Object.assign(this, { host, points, options });
    this.root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    this.root.adoptedStyleSheets = [sheet];
    this.store = new Store(firstState(points));
    this.keeper = new Keeper(this.store, points, options.keptBy?.(points) ?? null);
    this.store.set({ ...this.keeper.start, lessons: points.kept.classes ?? null });
    this.paint = new Paint(points, this.store);
    this.decoding = new Decoding(this);
    this.naming = new Naming(this);
    this.undo = new Undo(this.store);
    this.history = new History(this.store, points, options.inAddress);
    this.views = new Views(this);
    this.card = new Card(this);
    this.status = element("p", { class: "status", role: "status" });
    this.element = element("div", { class: "explorer" });
    this.root.replaceChildren(this.element);
    this.#build();
    this.#listen();
    this.#start();
  }

  #build() {
    const { points, store } = this;
    this.panes = [new Pane(this, 0), new Pane(this, 1)];
    this.stage = element("div", { class: "panes" }, ...this.panes.map((pane) => pane.element));
    const panels = [
      ["decode", "Decode", decodePanel(this)],
      ["point", "Point", pointPanel(this)],
      ["selection", "Selection", selectionPanel(this)],
      ["groups", "Groups", groupsPanel(this)],
      ["columns", "Columns", columnsPanel(this)],
      ["labels", "Labels", labelsPanel(this)],
    ];
    const keys = element("p", { id: "keys", class: "quiet" }, KEYS);
    const help = element("details", { class: "help" }, element("summary", {}, "Keys and gestures"), keys, element("p", { class: "quiet" }, GESTURES));
    const title = element("p", { class: "title" }, name(points.title, 60), `, ${points.counted}`);
    this.element.append(
      toolbar(this),
      element("div", { class: "stage" }, this.stage, legend(this), element("div", { class: "below" }, title, this.status)),
      tabs(store, panels),
      help,
    );
  }

  #listen() {
    const { store, decoding } = this;
    store.on(["maps"], () => this.#arrange());
    store.on(["hover"], ({ hover }) => hover < 0 && this.card.show(this.panes[0], -1, null));
    store.on(["color", "columns"], () => this.card.forget());
    store.on(["point"], ({ point }) => {
      this.#opened = [this.#opened[1], point];
      store.set({ near: neighborsOf(this, point) });
    });
    store.on(["end"], ({ end }) => end >= 0 && store.set({ tab: "decode" }));
    store.on(["selection"], ({ selection }) => {
      this.options.onSelect?.(Array.from(selection.points, (point) => this.points.rows[point]));
    });
    decoding.onSample((sample) => {
      if (!sample || !decoding.hasImage) return;
      for (const pane of this.panes) drawSample(pane.decoded, sample);
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#restyle());
    new MutationObserver(() => this.#restyle()).observe(document.documentElement, { attributes: true });
    const listenTo = this.options.alone ? document : this.root;
    listenTo.addEventListener("keydown", (event) => this.#pageKey(event));
    if (this.options.inAddress) addEventListener("hashchange", () => this.#goToRow());
  }

  #start() {
    const { store, points, decoding } = this;
    this.#restyle();
    this.#arrange();
    if (store.state.code === null && decoding.codes) {
      const [middle] = points.clouds[store.state.maps[0]].nearest(0.5, 0.5, 1);
      decoding.goToPoint(middle.point);
    }
    this.history.begin();
    if (this.options.inAddress) this.#goToRow();
    this.undo.begin();
    this.keeper.begin();
    this.keeper.onChange(() => this.keeper.problem && this.say(`Not kept: ${this.keeper.problem}`));
    for (const problem of points.kept.problems ?? []) this.say(problem);
    decoding.ask();
    points.thumbnails?.load().then(() => {
      for (const listener of this.#pictureListeners) listener();
      for (const pane of this.panes) pane.ask();
      this.card.forget();
    });
  }

  /** Open the sample that the address asks for by its row. */
  #goToRow() {
    const row = rowIn(location.hash);
    if (row === null) return;
    this.host.scrollIntoView();
    const point = this.points.rows.indexOf(row);
    if (point < 0) {
      const { n, nInData } = this.points;
      const all = n < nInData ? "; latens explore RUN shows all" : "";
      this.say(`Row ${row} is not among the samples here (${this.points.counted}${all}).`);
      return;
    }
    this.store.set({ hidden: new Set(), filters: NO_FILTERS, trainedOn: true });
    this.open(point, { isNear: false });
  }

  /** Colors that canvases need to know; the style sheet decides them. */
  #restyle() {
    const { color, backgroundColor } = getComputedStyle(this.element);
    this.tones = { ink: hexOf(color), paper: hexOf(backgroundColor) };
    for (const pane of this.panes) pane.repaint();
  }

  #arrange() {
    const isPair = this.store.state.maps.length > 1;
    this.panes[1].element.hidden = !isPair;
    this.stage.classList.toggle("pair-of-panes", isPair);
    for (const pane of this.panes) pane.ask();
  }

  /** Told when the pictures are there. */
  onPictures(listener) {
    this.#pictureListeners.push(listener);
  }

  get previousPoint() {
    return this.#opened[0];
  }

  isProminent(point) {
    const { selection } = this.store.state;
    return this.paint.isShown(point) && (selection.size === 0 || selection.has(point));
  }

  hover(pane, point, place) {
    this.store.set({ hover: point });
    this.card.show(pane, point, place);
  }

  /** Show everything about a point; where it was not clicked, the map moves to it. */
  open(point, { isNear = true } = {}) {
    this.store.set(point < 0 ? { point, end: -1 } : { point, tab: "point" });
    if (point < 0) return;
    const label = this.points.label(point);
    this.say(`${this.points.titled(point)}${label && `, ${short(label)}`}`);
    if (!isNear) for (const pane of this.panes) this.#bringIntoSight(pane, point);
  }

  #bringIntoSight(pane, point) {
    if (!pane.cloud) return;
    const [x, y] = [pane.cloud.x[point], pane.cloud.y[point]];
    const [left, bottom, right, top] = pane.camera.bounds(pane.view, -20);
    if (x < left || x > right || y < bottom || y > top) pane.moveCamera(new Camera(x, y, pane.camera.zoom));
  }

  select(points, how) {
    const combined = this.store.state.selection.combined(points, how);
    const selection = combined.size ? combined : NOTHING_SELECTED;
    this.store.set({ selection, ...(selection.size ? { tab: "selection" } : {}) });
    this.say(selection.size ? `${counted(selection.size, "sample")} selected` : "Nothing selected");
  }

  chooseModel(model) {
    const { cursor, point } = this.store.state;
    this.decoding.failure = "";
    this.store.set({ model, code: null, nearest: null });
    if (cursor) this.decoding.goTo(cursor.map, cursor.x, cursor.y);
    else this.decoding.mean();
    this.store.set({ near: neighborsOf(this, point) });
  }

  showMaps(maps) {
    this.store.set({ maps });
  }

  wholeMap() {
    this.store.set({ cameras: this.store.state.cameras.map(() => new Camera()) });
  }

  focusMap() {
    this.panes[0].marks.focus({ preventScroll: true });
  }

  say(words) {
    this.status.textContent = words;
  }

  /** A frame has been drawn: the last time is kept for whoever measures. */
  drawn(pane, milliseconds, count) {
    this.lastFrame = { milliseconds, count };
  }

  /** A key on a map; true if it meant something. */
  key(event, pane) {
    const action = this.#keyActions(event, pane)[event.shiftKey ? `Shift+${event.key}` : event.key.toLowerCase()];
    action?.();
    return action !== undefined;
  }

  #keyActions(event, pane) {
    const { width, height } = pane.view;
    const choose = (tool) => () => this.store.set({ tool });
    const step = (dx, dy) => () => this.#moveCursor(pane, dx * CURSOR_STEP, dy * CURSOR_STEP);
    return {
      0: () => this.wholeMap(),
      enter: () => this.#openMiddle(pane, [width / 2, height / 2]),
      s: () => this.select(pane.inSight(), "replace"),
      m: choose("move"),
      l: choose("lasso"),
      b: choose("box"),
      n: () => this.startNaming(),
      ...Object.fromEntries(DIGITS.map((digit) => [digit, () => this.naming.nameByKey(digit)])),
      d: () => this.decoding.decoder && this.store.set({ tool: "decode", tab: "decode" }),
      "Shift+ArrowLeft": step(-1, 0),
      "Shift+ArrowRight": step(1, 0),
      "Shift+ArrowUp": step(0, -1),
      "Shift+ArrowDown": step(0, 1),
    };
  }

  #openMiddle(pane, [x, y]) {
    const [found] = pane.cloud.nearest(...pane.camera.toMap(x, y, pane.view), 1, (point) => this.paint.isShown(point));
    if (found) this.open(found.point);
  }

  #moveCursor(pane, dx, dy) {
    const { cursor } = this.store.state;
    const { view } = pane;
    const from = cursor?.map === pane.map ? pane.toScreen(cursor.x, cursor.y) : [view.width / 2, view.height / 2];
    this.decoding.goTo(pane.map, ...pane.camera.toMap(from[0] + dx, from[1] + dy, view));
  }

  /** Keys that work wherever the focus is, but not while somebody types. */
  #pageKey(event) {
    const [target] = event.composedPath();
    const isTyping = target.matches?.("input[type=search], input[type=text], input[type=number], input[type=date], textarea, select");
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !isTyping) this.#undoKey(event);
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping) return;
    const actions = {
      "/": () => this.searchInput.focus(),
      "[": () => this.history.back(),
      "]": () => this.history.forward(),
      Escape: () => this.#clear(),
    };
    if (!(event.key in actions)) return;
    actions[event.key]();
    event.preventDefault();
  }

  #undoKey(event) {
    const key = event.key.toLowerCase();
    if (key === "z") this.step(event.shiftKey ? "redo" : "undo");
    else if (key === "y") this.step("redo");
    else return;
    event.preventDefault();
  }

  /** Undo or redo, and say what. */
  step(which) {
    const words = this.undo[which]();
    const nothing = which === "undo" ? "Nothing to undo" : "Nothing to redo";
    this.say(words ? `${which === "undo" ? "Undone" : "Done again"}: ${words}` : nothing);
  }

  /** Go where a name is typed for what is selected or open. */
  startNaming() {
    if (this.naming.targets.length === 0) return this.say("Select samples first, or open one: then N names them.");
    this.store.set({ tab: this.naming.isForPoint ? "point" : "selection" });
    this.root.querySelector("[role=tabpanel]:not([hidden]) .naming input")?.focus();
  }

  #clear() {
    this.store.set({ selection: NOTHING_SELECTED, point: -1, end: -1, hover: -1, tool: "move", hidden: new Set(), filters: NO_FILTERS });
    this.say("Cleared");
  }
}

const GESTURES =
  "Drag moves the map, the wheel or two fingers zoom, a click opens a point. Shift and drag selects with a lasso; " +
  "Shift and a click on a second point shows what lies between the two. The round cursor can be dragged at any time.";

function firstState(points) {
  const colors = ["label", "cluster", "error"].map((role) => points.first(role));
  const { opening } = points;
  return {
    maps: opening?.maps ?? [Math.max(0, points.clouds.findIndex(({ title }) => title === points.codes[0]?.name))],
    cameras: points.clouds.map(() => new Camera()),
    color: opening?.column ?? colors.find((place) => place >= 0) ?? 0,
    hidden: new Set(),
    filters: NO_FILTERS,
    trainedOn: true,
    hover: -1,
    point: -1,
    end: -1,
    near: [],
    nearest: null,
    selection: opening?.selected.length ? new Selection(opening.selected) : NOTHING_SELECTED,
    model: 0,
    code: null,
    cursor: null,
    labels: Labels.none(points.n),
    lessons: null,
    columns: 0,
    views: [],
    view: "",
    words: "",
    tool: "move",
    images: "near",
    showNames: true,
    tab: points.codes.length ? "decode" : "groups",
  };
}

function hexOf(color) {
  const [red, green, blue] = color.match(/[\d.]+/g).map(Number);
  return `#${[red, green, blue].map((one) => Math.round(one).toString(16).padStart(2, "0")).join("")}`;
}
