// What was learned from the names, and which samples are to be named next.

import { button, element, name, short } from "../dom.js";
import { valueOf } from "../exporting.js";
import { percent } from "../numbers.js";
import { FILE } from "../naming.js";

export function lessonsSection(explorer) {
  const { store, naming } = explorer;
  const section = element("section", { "aria-label": "Learned from the labels" });
  const show = () => section.replaceChildren(...content(explorer));
  store.on(["labels", "lessons"], show);
  explorer.onPictures(show);
  show();
  return section;

  function content() {
    const { labels, lessons } = store.state;
    const parts = [element("h3", {}, "Classes for all others")];
    if (naming.canLearn) {
      const learn = button("Learn from these labels", () => busy(learn, () => naming.learn()));
      learn.disabled = labels.used.length < 2;
      const first = button("Suggest samples to name", () => busy(first, () => naming.begin()));
      parts.push(element("p", { class: "row" }, learn, labels.used.length < 2 ? first : null));
      if (labels.used.length < 2) parts.push(element("p", { class: "quiet" }, "Two different names are needed to learn from."));
    } else {
      const command = element("code", {}, `latens classify RUN --labels ${FILE}`);
      parts.push(element("p", { class: "quiet" }, "In a terminal, ", command, " learns from the saved file; the next explorer of the run shows what came of it. ", element("code", {}, "latens explore RUN"), " learns at the press of a button."));
    }
    if (lessons?.sentence) parts.push(element("p", {}, lessons.sentence));
    if (lessons) parts.push(...toBeNamed(explorer));
    return parts;
  }
}

async function busy(pressed, work) {
  pressed.disabled = true;
  await work();
  pressed.disabled = false;
}

function toBeNamed(explorer) {
  const { naming, store } = explorer;
  const { next } = naming;
  const total = store.state.lessons.next.length;
  if (total === 0) return [];
  if (next.length === 0) return [element("h3", {}, "To be named next"), element("p", { class: "quiet" }, "All of them have a name: learn again for the next ones.")];
  const why = store.state.lessons.sentence
    ? "The least certain samples that are unlike one another, ringed on the map: their names teach most."
    : "Samples from the middles of groups of codes, ringed on the map: a good beginning.";
  return [
    element("h3", {}, "To be named next"),
    element("p", { class: "quiet" }, why),
    element("div", { class: "next" }, ...next.map((point) => candidate(explorer, point))),
  ];
}

/** One sample with what is thought of it; pressing it goes to its place on the map. */
function candidate(explorer, point) {
  const { points, store } = explorer;
  const guess = valueOf(points.named.learned, point);
  const probability = store.state.lessons.probability?.[point];
  const picture = points.thumbnails?.canvas(point) ?? null;
  const words = element("span", { class: "words" });
  if (!picture) words.append(name(points.titled(point), 40), " ");
  const share = guess === null ? null : element("span", { class: "number" }, percent(probability));
  if (share) words.append(element("span", { class: "quiet" }, name(guess, 20), " ", share));
  return element(
    "button",
    {
      type: "button",
      class: picture ? "candidate" : "candidate wide",
      title: points.titled(point),
      "aria-label": `${points.titled(point)}${guess === null ? "" : `, ${short(guess, 40)} ${percent(probability)}`}`,
      onclick: () => {
        explorer.open(point, { isNear: false });
        explorer.focusMap(); // where the keys of the labels are heard
        explorer.stage.scrollIntoView({ block: "nearest" });
      },
      onpointerenter: () => store.set({ hover: point }),
      onpointerleave: () => store.set({ hover: -1 }),
    },
    picture,
    words,
  );
}
