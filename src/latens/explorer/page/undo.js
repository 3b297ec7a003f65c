// Undo and redo of what is selected, filtered and named. Where one looks is not undone: history.js goes back there.

/** What is undone, together. */
const UNDONE = { labels: "labels", selection: "selection", hidden: "filter", trainedOn: "filter", colour: "colour" };
const MOST = 100;

export class Undo {
  #past = [];
  #future = [];
  #listeners = [];
  #isMoving = false;

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
    if (changed(before, this.now).length === 0) return;
    this.#past.push(before);
    if (this.#past.length > MOST) this.#past.shift();
    this.#future.length = 0;
    this.#tell();
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
