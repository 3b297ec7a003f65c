// A line to type a name for some samples, with the names that there are already.

import { button, element, name, short } from "../dom.js";
import { counted } from "../numbers.js";

const QUICK = 9;
let made = 0;

/** `targets()` says which points are named; where there are none nothing is shown. */
export function namingForm(explorer, targets) {
  const { store, naming } = explorer;
  const listId = `names-${made++}`;
  const known = element("datalist", { id: listId });
  const input = element("input", { type: "text", list: listId, autocomplete: "off", maxlength: 100, placeholder: "Name" });
  const submit = element("button", { type: "submit" }, "Name");
  const quick = element("p", { class: "row quick" });
  const unname = button("Take the name away", () => naming.unname(targets()));
  const form = element("form", { class: "naming" }, element("p", { class: "row" }, input, submit), known, quick);
  const give = (words) => {
    const wasNext = naming.isNext(store.state.point);
    if (!naming.name(words, targets())) return;
    input.value = "";
    if (wasNext) naming.openNext();
    else explorer.focusMap();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    give(input.value);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    explorer.focusMap();
    event.stopPropagation();
  });
  const show = () => {
    const chosen = targets();
    const { labels } = store.state;
    form.hidden = chosen.length === 0;
    input.setAttribute("aria-label", `Name for ${counted(chosen.length, "sample")}`);
    submit.textContent = chosen.length > 1 ? `Name ${counted(chosen.length, "sample")}` : "Name it";
    known.replaceChildren(...labels.used.map((label) => element("option", { value: labels.names[label] })));
    const buttons = labels.used.slice(0, QUICK).map((label, place) => chip(labels.names[label], place + 1, give));
    const isNamed = Array.from(chosen).some((point) => labels.values[point] >= 0);
    quick.replaceChildren(...buttons, ...(isNamed ? [unname] : []));
  };
  store.on(["selection", "point", "labels"], show);
  show();
  return form;
}

function chip(words, number, give) {
  const made = button("", () => give(words), { title: `${short(words, 100)}: key ${number} on the map` });
  made.append(element("kbd", {}, String(number)), " ", name(words, 20));
  return made;
}
