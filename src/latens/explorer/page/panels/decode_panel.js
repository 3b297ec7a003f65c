// Live decoding: what the code under the cursor stands for, the numbers of the code, and ways between two points.

import { button, choice, element } from "../dom.js";
import { formatted } from "../numbers.js";
import { drawSample, ValueTable } from "../samples.js";
import { described } from "../thumbnails.js";
import { tile } from "./tiles.js";

const SLIDERS_AT_FIRST = 16;
const STEPS = 200;

export function decodePanel(explorer) {
  const { decoding, store, points } = explorer;
  const panel = element("div");
  if (points.codes.length === 0) {
    panel.append(element("p", { class: "quiet" }, decoding.whyNot));
    return panel;
  }
  const models = points.codes.map(({ name }, place) => [place, name]);
  const model = choice("Model that decodes", models, (value) => explorer.chooseModel(Number(value)));
  const picture = element("canvas", { class: "picture", ...described("What the code decodes to") });
  const table = element("div");
  const words = element("p", { class: "caption", "aria-live": "off" });
  const speed = element("p", { class: "quiet" });
  const whyNot = element("p", { class: "notice", hidden: true });
  const nearest = element("div", { class: "nearest" });
  const strip = element("div");
  const sliders = element("div");
  const buttons = element("p", { class: "row" }, button("Mean code", () => decoding.mean()));

  let values = null;
  decoding.onSample((sample) => {
    whyNot.hidden = !decoding.whyNot;
    whyNot.textContent = decoding.whyNot;
    picture.hidden = !(sample && decoding.hasImage);
    words.textContent = store.state.code ? store.state.words : "";
    speed.textContent = sample ? decoding.speed : "";
    if (!sample) return;
    if (decoding.hasImage) drawSample(picture, sample);
    else {
      if (values?.decoder !== decoding.decoder) {
        values = new ValueTable(points, sample.data.length);
        values.decoder = decoding.decoder;
        table.replaceChildren(values.element);
      }
      values.fill(decoding.decoder.inverse(store.state.code), sample.data, decoding.decoder.isBounded);
    }
  });
  const showNearest = () => nearest.replaceChildren(...nearestSample(explorer, store.state.nearest));
  store.on(["nearest"], showNearest);
  explorer.onPictures(showNearest);
  store.on(["point", "end", "model"], () => strip.replaceChildren(...interpolation(explorer)));
  store.on(["model"], (state) => {
    model.value = state.model;
    sliders.replaceChildren(slidersOf(explorer));
  });
  sliders.append(slidersOf(explorer));
  strip.append(...interpolation(explorer));
  panel.append(
    ...(models.length > 1 ? [element("label", { class: "field" }, "Model ", model)] : []),
    element("div", { class: "pair" }, picture, nearest),
    ...[words, whyNot, table, strip, element("h3", {}, "The numbers of the code"), buttons, sliders, speed],
  );
  return panel;
}

function nearestSample(explorer, found) {
  if (!found) return [];
  const called = explorer.points.called(found.point);
  const words = found.distance < 1e-6 ? `This is the code of ${called}.` : `Nearest sample: ${called}, ${formatted(found.distance)} away.`;
  return [tile(explorer, found.point), element("p", { class: "quiet" }, words)];
}

/** One slider for each number of the code, those that vary most first. */
function slidersOf(explorer) {
  const { decoding, store } = explorer;
  const { codes } = decoding;
  const rows = codes.bySpread.map((number) => {
    const [low, high] = codes.ranges[number];
    const value = element("output", { class: "number" });
    const input = element("input", {
      type: "range",
      min: low,
      max: high,
      step: "any",
      "aria-label": `code_${number}`,
      oninput: () => decoding.slide(number, Number(input.value)),
      // With "any" step, browsers move by a hundredth or not at all; the arrow keys should always do something.
      onkeydown: (event) => nudge(event, input, (high - low) / STEPS),
    });
    const row = element("label", { class: "slider" }, element("span", {}, `code_${number}`), input, value);
    return { number, input, value, row };
  });
  const show = ({ code }) => {
    if (!code || explorer.decoding.codes !== codes) return;
    for (const { number, input, value } of rows) {
      if (Number(input.value) !== code[number]) input.value = code[number];
      value.textContent = formatted(Number(code[number].toPrecision(3)));
    }
  };
  store.on(["code"], show);
  show(store.state);
  const [first, rest] = [rows.slice(0, SLIDERS_AT_FIRST), rows.slice(SLIDERS_AT_FIRST)];
  const more = rest.length
    ? element("details", {}, element("summary", {}, `${rest.length} more that vary less`), ...rest.map(({ row }) => row))
    : null;
  return element("div", { class: "sliders" }, ...first.map(({ row }) => row), more);
}

function nudge(event, input, step) {
  const by = { ArrowLeft: -step, ArrowDown: -step, ArrowRight: step, ArrowUp: step }[event.key];
  if (by === undefined) return;
  event.preventDefault();
  input.value = Number(input.value) + by;
  input.dispatchEvent(new Event("input"));
}

/** The steps between the two points that were chosen, and a slider for all that lies between them. */
function interpolation(explorer) {
  const { decoding, store, points } = explorer;
  const { point, end } = store.state;
  if (!decoding.decoder) return [];
  if (point < 0 || end < 0) {
    const how = "To see what lies between two samples, open one and click another while you hold Shift.";
    return [element("p", { class: "quiet" }, how)];
  }
  const heading = element("h3", {}, `From ${points.called(point)} (A) to ${points.called(end)} (B)`);
  const slider = element("input", {
    type: "range",
    min: 0,
    max: 1,
    step: 0.01,
    value: 0,
    "aria-label": "How far from A to B",
    oninput: () => decoding.between(Number(slider.value)),
  });
  const steps = decoding.hasImage ? element("div", { class: "strip" }, ...stepsOf(decoding, slider)) : null;
  const swap = button("Swap", () => store.set({ point: end, end: point }));
  const stop = button("Done", () => store.set({ end: -1 }));
  return [heading, steps, slider, element("p", { class: "row" }, swap, stop)].filter(Boolean);
}

function stepsOf(decoding, slider) {
  return decoding.shares.map((share) => {
    const canvas = element("canvas", { "aria-hidden": "true" });
    const sample = decoding.sample(decoding.codeBetween(share));
    if (sample) drawSample(canvas, sample);
    const words = `${Math.round(100 * share)} % of the way`;
    const attributes = { type: "button", class: "tile", title: words, "aria-label": words };
    const go = () => {
      slider.value = share;
      decoding.between(share);
    };
    return element("button", { ...attributes, onclick: go }, canvas);
  });
}
