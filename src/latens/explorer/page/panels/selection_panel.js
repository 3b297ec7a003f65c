// The selection: how many, which labels, their pictures, and all of it as a file.

import { button, element } from "../dom.js";
import { asCsv, asJson, download } from "../exporting.js";
import { counted } from "../numbers.js";
import { distribution } from "./distribution.js";
import { namingForm } from "./naming_form.js";
import { pages } from "./tiles.js";

export function selectionPanel(explorer) {
  const { store } = explorer;
  const body = element("div");
  const show = () => body.replaceChildren(...content(explorer));
  store.on(["selection"], show);
  explorer.onPictures(show);
  show();
  return element("div", {}, namingForm(explorer, () => store.state.selection.points), body);
}

function content(explorer) {
  const { points, store, paint } = explorer;
  const { selection } = store.state;
  if (selection.size === 0) {
    const how =
      "Draw a line around points with the lasso or the box, or press S on the map to select all that is in sight. " +
      "Shift adds to a selection, Alt takes away.";
    return [element("p", { class: "quiet" }, how)];
  }
  const chosen = selection.points;
  const invert = () => {
    const everyone = Array.from({ length: points.n }, (_, point) => point);
    explorer.select(everyone.filter((point) => paint.isOfShownPart(point) && !selection.has(point)), "replace");
  };
  const save = [
    button("Save as CSV", () => download("selection.csv", asCsv(points, chosen), "text/csv")),
    button("Save as JSON", () => download("selection.json", asJson(points, chosen), "application/json")),
  ];
  const change = [button("Invert", invert), button("Clear", () => explorer.select([], "replace"))];
  const parts = [element("h3", {}, counted(chosen.length, "sample"), " selected")];
  parts.push(element("p", { class: "row" }, ...save, ...change));
  const label = points.columns[points.first("label")];
  if (label) parts.push(distribution(label, chosen));
  parts.push(pages(explorer, chosen));
  return parts;
}
