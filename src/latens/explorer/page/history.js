// Back and forward between views.

import { KEPT, read, written } from "./address.js";

// A view counts once it has been looked at for so long.
const SETTLED_AFTER = 400;

export class History {
  #past = [];
  #future = [];
  #timer = 0;
  #listeners = [];

  /** `inAddress` says whether the page is ours to write its address. */
  constructor(store, points, inAddress) {
    Object.assign(this, { store, points, inAddress });
    if (inAddress) this.#restore(location.hash);
    store.on(KEPT, () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#settle(), SETTLED_AFTER);
    });
    if (inAddress) addEventListener("hashchange", () => this.#restore(location.hash));
  }

  /** The view that is shown now is the first one. */
  begin() {
    clearTimeout(this.#timer);
    this.now = written(this.store.state, this.points);
  }

  get canGoBack() {
    return this.#past.length > 0;
  }

  get canGoForward() {
    return this.#future.length > 0;
  }

  onChange(listener) {
    this.#listeners.push(listener);
  }

  back() {
    this.#settle();
    this.#go(this.#past, this.#future);
  }

  forward() {
    this.#settle();
    this.#go(this.#future, this.#past);
  }

  #go(from, to) {
    if (from.length === 0) return;
    to.push(this.now);
    this.now = from.pop();
    this.#restore(this.now);
    this.#tell();
  }

  #settle() {
    clearTimeout(this.#timer);
    const address = written(this.store.state, this.points);
    if (address === this.now) return;
    this.#past.push(this.now);
    this.#future.length = 0;
    this.now = address;
    this.#tell();
  }

  #restore(address) {
    const changes = read(address, this.store.state, this.points);
    if (changes) this.store.set(changes);
  }

  #tell() {
    if (this.inAddress) history.replaceState(null, "", this.now);
    for (const listener of this.#listeners) listener();
  }
}
