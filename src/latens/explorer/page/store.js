// What is shown now, and who wants to know when it changes.

export class Store {
  #listeners = [];

  constructor(state) {
    this.state = Object.freeze(state);
  }

  /** Call `listener` after any of these changes. */
  on(keys, listener) {
    this.#listeners.push({ keys, listener });
  }

  set(changes) {
    const changed = Object.keys(changes).filter((key) => changes[key] !== this.state[key]);
    if (changed.length === 0) return;
    this.state = Object.freeze({ ...this.state, ...changes });
    for (const { keys, listener } of this.#listeners) {
      if (keys.some((key) => changed.includes(key))) listener(this.state);
    }
  }
}
