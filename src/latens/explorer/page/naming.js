// Naming samples, and learning from the names: what the panels and the keys do, with what is said about it.

import { short } from "./dom.js";
import { NO_LABEL, wellFormed } from "./labels.js";
import { asLabelFile, readLabelFile } from "./label_files.js";
import { download } from "./exporting.js";
import { counted } from "./numbers.js";
import { NOTHING_SELECTED } from "./selection.js";

export const FILE = "labels.csv";

export class Naming {
  #hidden;

  constructor(explorer) {
    Object.assign(this, { explorer, store: explorer.store, points: explorer.points });
    this.#hidden = this.store.state.hidden;
    this.store.on(["labels", "lessons"], () => this.#show());
    this.store.on(["hidden"], ({ hidden }) => (this.#hidden = hidden));
    this.#show();
  }

  /** Whether labels can be learned from here and now. */
  get canLearn() {
    return Boolean(this.explorer.options.learn) && this.points.codes.length > 0;
  }

  /** Whether a name would go to the point that is open: where it is looked at, or nothing else is selected. */
  get isForPoint() {
    const { selection, point, tab } = this.store.state;
    return point >= 0 && (tab === "point" || selection.size === 0);
  }

  /** The points that a name would go to. */
  get targets() {
    const { selection, point } = this.store.state;
    return this.isForPoint ? [point] : selection.points;
  }

  /** What to name next, without what has a name by now. */
  get next() {
    const { lessons, labels } = this.store.state;
    return (lessons?.next ?? []).filter((point) => labels.values[point] === NO_LABEL);
  }

  /** Give some points a name; true if it is one. */
  name(words, chosen = this.targets) {
    const name = wellFormed(words);
    const { explorer } = this;
    if (name === null) {
      explorer.say("A name needs letters.");
      return false;
    }
    if (chosen.length === 0) {
      explorer.say("Select samples first, or open one.");
      return false;
    }
    const before = this.store.state.labels;
    const labels = before.named(chosen, name);
    this.#change(labels);
    explorer.say(`${counted(chosen.length, "sample")} ${chosen.length === 1 ? "is" : "are"} now “${short(name, 40)}”${replaced(before, labels, chosen)}`);
    return true;
  }

  /** Give a name by the number of its key. */
  nameByKey(number) {
    const { labels, point } = this.store.state;
    const label = labels.used[number - 1];
    if (label === undefined) return this.explorer.say(`There is no label ${number} yet.`);
    const wasNext = this.isNext(point);
    if (this.name(labels.names[label]) && wasNext) this.openNext();
  }

  isNext(point) {
    return this.isForPoint && this.next.includes(point);
  }

  /** Open the first of those that are to be named next; what was said of the one before stays. */
  openNext() {
    const { explorer } = this;
    const [point] = this.next;
    const words = explorer.status.textContent;
    if (point === undefined) return explorer.say(`${words}. All of these have a name: learn again for the next ones.`);
    explorer.open(point, { isNear: false });
    explorer.say(`${words}. Next: ${this.points.called(point)}`);
  }

  unname(chosen = this.targets) {
    const { labels } = this.store.state;
    const named = Array.from(chosen).filter((point) => labels.values[point] !== NO_LABEL);
    this.#change(labels.without(named));
    this.explorer.say(`${counted(named.length, "sample")} without a name now`);
  }

  /** Call a label something else; one that is called so already takes it in. */
  rename(label, words) {
    const name = wellFormed(words);
    const { labels } = this.store.state;
    if (name === null || name === labels.names[label]) return;
    const [old, count] = [short(labels.names[label], 40), labels.countWithAll(label)];
    const isMerged = labels.used.some((one) => labels.names[one] === name);
    this.#change(labels.renamed(label, name));
    const merged = `${counted(count, "sample")} of “${old}” ${count === 1 ? "is" : "are"} now “${short(name, 40)}”`;
    this.explorer.say(isMerged ? merged : `“${old}” is called “${short(name, 40)}” now`);
  }

  remove(label) {
    const { labels } = this.store.state;
    this.#change(labels.removed(label));
    this.explorer.say(`“${short(labels.names[label], 40)}” is gone`);
  }

  save() {
    download(FILE, asLabelFile(this.points, this.store.state.labels), "text/csv");
  }

  /** Take the labels of a file, on top of what is there. */
  open(text) {
    try {
      const { labels, words } = readLabelFile(this.points, text);
      this.#change(this.store.state.labels.overlaid(labels));
      this.explorer.say([`${counted(labels.size, "label")} opened`, ...words].join("; "));
    } catch (error) {
      this.explorer.say(`Nothing was opened. ${error.message}`);
    }
  }

  /** Learn from the labels on the server, and color the map by what comes of it. */
  async learn() {
    const lessons = await this.#ask({});
    if (!lessons) return;
    const color = this.points.columns.indexOf(this.points.named.learned);
    this.store.set({ lessons, color, hidden: new Set(), selection: NOTHING_SELECTED, tab: "labels" });
    this.explorer.say(`${counted(lessons.names.length, "class", "classes")} learned from ${counted(this.store.state.labels.size, "label")}`);
  }

  /** Ask for samples to begin with. */
  async begin() {
    const lessons = await this.#ask({ first: true });
    if (lessons) this.store.set({ lessons: { ...lessons, names: [], sentence: "" } });
  }

  async #ask(more) {
    const { labels, model } = this.store.state;
    this.isLearning = true;
    this.explorer.say("Learning …");
    try {
      return await this.explorer.options.learn({ model, ...labels.kept(this.points), ...more });
    } catch (error) {
      this.explorer.say(error.message);
      return null;
    } finally {
      this.isLearning = false;
    }
  }

  /** The first names are shown at once: the map is colored by them. */
  #change(labels) {
    const isFirst = this.store.state.labels.size === 0 && labels.size > 0;
    const color = this.points.columns.indexOf(this.points.named.given);
    this.store.set({ labels, ...(isFirst ? { color, hidden: new Set() } : {}) });
  }

  /** Fill the columns that everybody else reads. */
  #show() {
    const { labels, lessons, columns, hidden } = this.store.state;
    const { named } = this.points;
    const { paint } = this.explorer;
    const before = paint.hiddenNames;
    named.showLabels(labels);
    named.showLessons(lessons);
    paint.forget(named.columns);
    // Groups that are hidden stay so where their places move; places that came with the change are right already.
    const stays = hidden === this.#hidden ? { hidden: paint.groupsCalled(before) } : {};
    this.store.set({ columns: columns + 1, ...stays });
  }
}

/** What the points were before, in words. */
function replaced(before, after, chosen) {
  const counts = new Map();
  for (const point of chosen) {
    const [old, now] = [before.values[point], after.values[point]];
    if (old !== NO_LABEL && before.names[old] !== after.names[now]) counts.set(old, (counts.get(old) ?? 0) + 1);
  }
  const words = [...counts].map(([label, count]) => `${counted(count, "sample")} of them ${count === 1 ? "was" : "were"} “${short(before.names[label], 30)}” before`);
  return words.length ? `; ${words.slice(0, 3).join(", ")}` : "";
}
