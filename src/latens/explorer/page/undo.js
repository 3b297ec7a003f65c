// Undo and redo of what is selected, filtered and named. Where one looks is not undone: history.js goes back there.

/** What is undone, together. */
const UNDONE = { labels: "labels", selection: "selection", hidden: "filter", filters: "filter", trainedOn: "filter", color: "color" };
const MOST = 100;
// Filters that follow one another sooner are one step: they are dragged, or typed.
const AT_ONCE = 600;

export class Undo {
  #past = [];
  #future = [];
  #listeners = [];
  #isMoving = false;
  #filteredAt = -Infinity;

  constructor(store) {
    this.store = store;
    this.begin();
    store.on(Object.keys(UNDONE), () => this.#note());
  }

  /** What is there now is the beginning. */
  begin() {
    this.#past.length = this.#future.length = 0;
    this.now = snapshot(this.store.state);
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  onChange(listener) {
    this.#listeners.push(listener);
  }

  /** Go one step back; what it changed in words, or "". */
  undo() {
    return this.#go(this.#past, this.#future);
  }

  redo() {
    return this.#go(this.#future, this.#past);
  }

  #go(from, to) {
    if (from.length === 0) return "";
    const before = this.now;
    to.push(before);
    this.now = from.pop();
    this.#isMoving = true;
    this.store.set(this.now);
    this.#isMoving = false;
    this.#tell();
    return [...new Set(changed(before, this.now).map((key) => UNDONE[key]))].join(", ");
  }

  #note() {
    if (this.#isMoving) return;
    const before = this.now;
    this.now = snapshot(this.store.state);
    const keys = changed(before, this.now);
    if (keys.length === 0 || this.#goesOn(keys)) return;
    this.#past.push(before);
    if (this.#past.length > MOST) this.#past.shift();
    this.#future.length = 0;
    this.#tell();
  }

  /** Whether this is still the filter that was changed just now. */
  #goesOn(keys) {
    const before = this.#filteredAt;
    const isFilter = keys.length === 1 && keys[0] === "filters";
    this.#filteredAt = isFilter ? performance.now() : -Infinity;
    return isFilter && this.#filteredAt - before < AT_ONCE;
  }

  #tell() {
    for (const listener of this.#listeners) listener();
  }
}

function snapshot(state) {
  return Object.fromEntries(Object.keys(UNDONE).map((key) => [key, state[key]]));
}

function changed(one, other) {
  return Object.keys(UNDONE).filter((key) => !isSame(one[key], other[key]));
}

function isSame(one, other) {
  if (one instanceof Set) return one.size === other.size && [...one].every((value) => other.has(value));
  return one === other;
}
