// Everything about one point: its picture, how it is rebuilt, its facts, and its nearest neighbors.

import { button, element, name } from "../dom.js";
import { formatted } from "../numbers.js";
import { drawSample, ValueTable } from "../samples.js";
import { described } from "../thumbnails.js";
import { factColumns, factList } from "./facts.js";
import { namingForm } from "./naming_form.js";
import { tile } from "./tiles.js";

const NEIGHBORS = 10;

export function pointPanel(explorer) {
  const { store } = explorer;
  const body = element("div");
  const show = () => body.replaceChildren(...content(explorer, store.state.point));
  store.on(["point", "model", "columns"], show);
  explorer.onPictures(show);
  show();
  return element("div", {}, namingForm(explorer, () => opened(store.state)), body);
}

function opened({ point }) {
  return point < 0 ? [] : [point];
}

/** The points whose codes are nearest to that of a point. */
export function neighborsOf(explorer, point) {
  const { codes } = explorer.decoding;
  return codes && point >= 0 ? codes.nearest(codes.of(point), NEIGHBORS, point) : [];
}

function content(explorer, point) {
  const { points, decoding, store } = explorer;
  if (point < 0) {
    return [element("p", { class: "quiet" }, "Click a point of the map, or press Enter on it, to see all about it here.")];
  }
  const parts = [element("div", { class: "pair" }, ...pictures(explorer, point))];
  parts.push(factList(factColumns(points), point));
  if (decoding.codes) {
    const ends = button("Interpolate from here", () => {
      store.set({ end: -1, tab: "decode" });
      explorer.say("Now click the other point while you hold Shift, or use “To here” of another point.");
    });
    const buttons = [button("Decode from here", () => startDecoding(explorer, point)), ends];
    const before = explorer.previousPoint;
    if (before >= 0 && before !== point) {
      const words = `Interpolate from ${points.called(before)} to here`;
      buttons.push(button(words, () => store.set({ point: before, end: point, tab: "decode" })));
    }
    parts.push(element("p", { class: "row" }, ...buttons));
    parts.push(...neighbors(explorer, point));
  }
  return parts;
}

function startDecoding({ store, decoding }, point) {
  decoding.goToPoint(point);
  store.set({ tab: "decode" });
}

function pictures(explorer, point) {
  const { points, decoding, options } = explorer;
  const shown = [];
  if (points.thumbnails) {
    const words = `The sample of ${points.called(point)}`;
    const picture = options.imageUrl
      ? element("img", { src: options.imageUrl(point), alt: words, class: "picture" })
      : points.thumbnails.canvas(point, words);
    shown.push(element("figure", {}, picture, element("figcaption", {}, "the sample")));
  }
  if (decoding.hasImage) {
    const canvas = element("canvas", described("The same sample, rebuilt from its code"));
    const sample = decoding.sample(decoding.codes.of(point));
    if (sample) {
      drawSample(canvas, sample);
      shown.push(element("figure", {}, canvas, element("figcaption", {}, "rebuilt from its code")));
    }
  } else if (decoding.decoder) {
    const code = decoding.codes.of(point);
    const scaled = decoding.sample(code);
    if (scaled) {
      const table = new ValueTable(points, scaled.data.length);
      table.fill(decoding.decoder.inverse(code), scaled.data, decoding.decoder.isBounded);
      shown.push(element("details", {}, element("summary", {}, "Values rebuilt from its code"), table.element));
    }
  }
  return shown;
}

function neighbors(explorer, point) {
  const near = neighborsOf(explorer, point);
  const { codes } = explorer.decoding;
  const tiles = near.map((one) => tile(explorer, one.point, `distance ${formatted(one.distance)}`));
  const heading = element("h3", {}, "Nearest neighbors by the codes of ", name(codes.name, 32));
  const select = button("Select them", () => explorer.select([point, ...near.map((one) => one.point)], "replace"));
  return [heading, element("div", { class: "tiles" }, ...tiles), element("p", { class: "row" }, select)];
}
