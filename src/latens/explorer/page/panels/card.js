// The card beside the pointer.

import { element } from "../dom.js";
import { clamp } from "../numbers.js";
import { briefColumns, factList } from "./facts.js";

const WIDTH = 220;

export class Card {
  #shown = -1;

  constructor(explorer) {
    this.explorer = explorer;
    this.element = element("div", { class: "card", hidden: true, "aria-hidden": "true" });
  }

  /** Show a point beside a place of a pane, or nothing for -1. */
  show(pane, point, place) {
    this.element.hidden = point < 0 || place === null;
    if (this.element.hidden) return;
    const { points, store } = this.explorer;
    if (this.#shown !== point) {
      const picture = points.thumbnails?.canvas(point);
      const facts = factList(briefColumns(points, store.state.color), point, 40);
      this.element.replaceChildren(...[picture, facts].filter(Boolean));
      this.#shown = point;
    }
    pane.element.append(this.element);
    const { width, height } = pane.view;
    const size = this.element.offsetHeight;
    const left = place[0] + 18 + WIDTH > width ? place[0] - 18 - WIDTH : place[0] + 18;
    const top = clamp(place[1] - size / 2, 4, Math.max(4, height - size - 4));
    this.element.style.transform = `translate(${Math.round(clamp(left, 4, Math.max(4, width - WIDTH - 4)))}px, ${Math.round(top)}px)`;
  }

  /** What is shown of a point may have changed. */
  forget() {
    this.#shown = -1;
  }
}
