// Views that somebody wants to come back to: their names, and the addresses that stand for them.

import { KEPT, LONGEST_NAME, read, written } from "./address.js";
import { line } from "./dom.js";

const MOST = 100;

export class Views {
  #isShowing = false;

  constructor(explorer) {
    Object.assign(this, { explorer, store: explorer.store, points: explorer.points });
    // Whoever looks elsewhere has left the view.
    const others = KEPT.filter((key) => key !== "view");
    this.store.on(others, ({ view }) => view && !this.#isShowing && this.store.set({ view: "" }));
  }

  /** Keep what is shown now under a name; one of the same name is replaced. */
  save(words) {
    const name = line(words, LONGEST_NAME);
    const { explorer, store } = this;
    const others = store.state.views.filter((view) => view.name !== name);
    if (!name) return explorer.say("A view needs a name.");
    if (others.length >= MOST) return explorer.say(`There are ${MOST} views already: remove one first.`);
    store.set({ view: name });
    store.set({ views: [...others, { name, address: written(store.state, this.points) }] });
    explorer.say(`This view is “${name}” now`);
  }

  show({ name, address }) {
    const changes = read(address, this.store.state, this.points);
    if (!changes) return this.explorer.say("This view does not fit these data.");
    this.#isShowing = true;
    this.store.set({ ...changes, view: line(name, LONGEST_NAME) });
    this.#isShowing = false;
    this.explorer.say(`View “${line(name, LONGEST_NAME)}”`);
  }

  remove(name) {
    this.store.set({ views: this.store.state.views.filter((view) => view.name !== name) });
  }
}
