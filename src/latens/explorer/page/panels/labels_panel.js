// The names that were given: how many samples each has, and what can be done with them.

import { PALETTE, OTHERS } from "../colors.js";
import { button, choice, element, name, short } from "../dom.js";
import { counted, formatted } from "../numbers.js";
import { lessonsSection } from "./lessons.js";

export function labelsPanel(explorer) {
  const { store, keeper, naming } = explorer;
  const heading = element("h3");
  const where = element("p", { class: "quiet" });
  const list = element("div", { class: "labels" });
  const picker = element("input", { type: "file", accept: ".csv,text/csv", hidden: true, "aria-label": "A file of labels", onchange: () => take(picker, naming) });
  const save = button("Save labels.csv", () => naming.save());
  const open = button("Open labels.csv", () => picker.click());
  const color = button("Color the map by them", () => store.set({ color: explorer.points.columns.indexOf(explorer.points.named.given), hidden: new Set() }));
  const more = explorer.points.kept.labels?.left_out ?? 0;
  const leftOut = more ? ` ${counted(more, "label")} of samples that are not on this map ${more === 1 ? "is" : "are"} in labels.csv of the run alone.` : "";
  const show = () => {
    const { labels } = store.state;
    heading.textContent = labels.size ? `${counted(labels.size, "sample")} named` : "Nothing is named yet";
    where.textContent = labels.size ? `${keeper.words}${leftOut}` : HOW;
    save.disabled = color.disabled = labels.size === 0;
    list.replaceChildren(...labels.used.map((label, place) => row(explorer, label, place + 1)));
  };
  store.on(["labels"], show);
  keeper.onChange(show);
  show();
  return element("div", {}, heading, where, list, element("p", { class: "row" }, save, open, color, picker), lessonsSection(explorer));
}

const HOW = "Select samples on the map, or open one, and press N to name them.";

async function take(picker, naming) {
  const [file] = picker.files;
  picker.value = "";
  if (file) naming.open(await file.text());
}

/** One label, which opens to what can be done with it. */
function row(explorer, label, number) {
  const { store, naming } = explorer;
  const { labels } = store.state;
  const words = labels.names[label];
  const swatch = element("span", { class: "swatch" });
  swatch.style.background = labels.names.length > PALETTE.length ? OTHERS : PALETTE[label];
  const summary = element("summary", {}, swatch, name(words, 40), element("span", { class: "number quiet" }, formatted(labels.countWithAll(label))));
  if (number <= 9) summary.append(element("kbd", { title: `Key ${number} on the map` }, String(number)));
  const members = () => [...labels.values.keys()].filter((point) => labels.values[point] === label);
  const input = element("input", { type: "text", value: words, maxlength: 100, "aria-label": `New name of ${short(words, 40)}` });
  const rename = (event) => {
    event.preventDefault();
    naming.rename(label, input.value);
  };
  const others = labels.used.filter((one) => one !== label);
  const merge = choice(`Merge ${short(words, 40)} into`, [["", "Merge into …"], ...others.map((one) => [one, labels.names[one]])], (value) => {
    if (value !== "") naming.rename(label, labels.names[Number(value)]);
  });
  return element(
    "details",
    { class: "entry", name: "label" },
    summary,
    element("form", { class: "row", onsubmit: rename }, input, element("button", { type: "submit" }, "Rename")),
    element(
      "p",
      { class: "row" },
      button("Select them", () => explorer.select(members(), "replace")),
      others.length ? merge : null,
      button("Remove", () => naming.remove(label), { "aria-label": `Remove the label ${short(words, 40)}` }),
    ),
  );
}
