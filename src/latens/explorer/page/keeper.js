// Where labels and views are kept as they change: in the run, by the server, or in the memory of this browser.

import { Labels } from "./labels.js";

/**
 * `place` has `labels` and `views` as they were kept, `save(what, content)`, which answers a promise, and `words`
 * that say where that is; null keeps nothing.
 */
export class Keeper {
  #listeners = [];
  #waiting = new Map();
  #isSaving = false;

  constructor(store, points, place) {
    Object.assign(this, { store, points, place });
    this.problem = "";
  }

  /** What was kept, as changes of the state. */
  get start() {
    const { labels, views } = this.place ?? this.points.kept;
    return { labels: Labels.of(this.points, labels), views: views ?? [] };
  }

  /** Keep every change from now on. */
  begin() {
    if (!this.place) return;
    this.store.on(["labels"], ({ labels }) => this.#keep("labels", () => labels.kept(this.points)));
    this.store.on(["views"], ({ views }) => this.#keep("views", () => ({ views })));
  }

  onChange(listener) {
    this.#listeners.push(listener);
  }

  /** Where labels are kept, or why they are not. */
  get words() {
    if (this.problem) return `Not kept: ${this.problem}`;
    return this.place?.words ?? "Kept only while this page is open: save them as a file.";
  }

  /** One after the other, and of many changes of one kind the last one. */
  async #keep(what, content) {
    this.#waiting.set(what, content);
    if (this.#isSaving) return;
    this.#isSaving = true;
    try {
      while (this.#waiting.size) {
        const [[key, latest]] = this.#waiting;
        this.#waiting.delete(key);
        await this.place.save(key, latest());
      }
      this.problem = "";
    } catch (error) {
      this.problem = error.message;
      this.#waiting.clear();
    }
    this.#isSaving = false;
    for (const listener of this.#listeners) listener();
  }
}

/** The memory of this browser, or null where there is none. Each page has its own, by what it shows and carries. */
export function browserMemory(points) {
  const page = [points.fingerprint, points.title, points.n, ...points.clouds.map(({ title }) => title)];
  const key = (what) => `latens ${what} ${hashed(JSON.stringify([page, points.kept[what] ?? null]))}`;
  const kept = (what) => {
    try {
      return JSON.parse(localStorage.getItem(key(what))) ?? null;
    } catch {
      return null;
    }
  };
  try {
    localStorage.getItem("latens");
  } catch {
    return null; // a page that may not remember
  }
  return {
    labels: kept("labels") ?? points.kept.labels,
    views: kept("views")?.views ?? points.kept.views,
    words: "Kept in this browser; save them as a file to use them elsewhere.",
    save: async (what, content) => localStorage.setItem(key(what), JSON.stringify(content)),
  };
}

/** Words as a short number, which tells pages apart. */
function hashed(words) {
  let [low, high] = [0x811c9dc5, 0x1b873593];
  for (let i = 0; i < words.length; i++) {
    low = Math.imul(low ^ words.charCodeAt(i), 0x01000193);
    high = Math.imul(high ^ words.charCodeAt(i), 0x85ebca6b);
  }
  return (low >>> 0).toString(36) + (high >>> 0).toString(36);
}
