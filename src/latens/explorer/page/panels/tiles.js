// Samples as buttons with a picture, a page of them at a time.

import { button, element, short } from "../dom.js";
import { counted } from "../numbers.js";

const PER_PAGE = 60;

/** One sample; pressing it opens it. */
export function tile(explorer, point, note = "") {
  const { points } = explorer;
  const label = points.label(point);
  const words = `${points.titled(point)}${label ? `, ${short(label, 40)}` : ""}${note ? `, ${note}` : ""}`;
  const picture = points.thumbnails ? points.thumbnails.canvas(point) : String(points.rows[point]);
  return element(
    "button",
    {
      type: "button",
      class: points.thumbnails ? "tile" : "tile words",
      title: words,
      "aria-label": words,
      onclick: () => explorer.open(point, { isNear: false }),
      onpointerenter: () => explorer.store.set({ hover: point }),
      onpointerleave: () => explorer.store.set({ hover: -1 }),
    },
    picture,
  );
}

/** Pages of samples. */
export function pages(explorer, chosen) {
  const grid = element("div", { class: "tiles" });
  const where = element("span", { class: "quiet" });
  const last = Math.max(0, Math.ceil(chosen.length / PER_PAGE) - 1);
  let page = 0;
  const turn = (by) => {
    page = Math.min(last, Math.max(0, page + by));
    const shown = chosen.slice(page * PER_PAGE, (page + 1) * PER_PAGE);
    grid.replaceChildren(...Array.from(shown, (point) => tile(explorer, point)));
    const from = page * PER_PAGE + 1;
    where.textContent = `${from}–${from + shown.length - 1} of ${counted(chosen.length, "sample")}`;
    [before.disabled, after.disabled] = [page === 0, page === last];
  };
  const before = button("Previous", () => turn(-1));
  const after = button("Next", () => turn(1));
  turn(0);
  return element("div", {}, grid, last > 0 ? element("p", { class: "row" }, before, where, after) : null);
}
