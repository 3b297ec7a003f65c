// Find points by row number or by words.

import { button, element, name } from "../dom.js";
import { counted } from "../numbers.js";

const MOST = 8;

export function search(explorer) {
  const input = element("input", {
    type: "search",
    placeholder: "Search",
    "aria-label": "Search by row number, label or name",
    oninput: () => show(),
    onkeydown: (event) => {
      if (event.key === "Enter") found.querySelector("button")?.click();
      if (event.key === "Escape") {
        close();
        explorer.focusMap();
        event.stopPropagation();
      }
    },
  });
  const found = element("div", { class: "found", hidden: true });
  const close = () => {
    input.value = "";
    found.hidden = true;
  };
  const show = () => {
    const matches = input.value.trim() ? matching(explorer.points, input.value.trim()) : [];
    found.hidden = !input.value.trim();
    found.replaceChildren(...matches.map((match) => result(explorer, match, close)));
    if (matches.length === 0) found.append(element("p", { class: "quiet" }, "Nothing has this row number or name."));
  };
  const box = element("div", { class: "search" }, input, found);
  box.addEventListener("focusout", (event) => {
    if (!box.contains(event.relatedTarget)) found.hidden = true;
  });
  input.addEventListener("focus", () => (found.hidden = !input.value.trim()));
  return { element: box, input };
}

function result(explorer, { column, value, members }, close) {
  const words =
    column === null
      ? [value]
      : [name(column.name, 24), ": ", name(value, 40), members.length > 1 ? ` (${counted(members.length, "sample")})` : ""];
  const choose = () => {
    close();
    if (members.length === 1) explorer.open(members[0], { isNear: false });
    else explorer.select(members, "replace");
    explorer.focusMap();
  };
  const made = button("", choose);
  made.append(...words);
  return made;
}

/** What fits a query: {column, value, members}, whole matches first. */
export function matching(points, query) {
  const found = [];
  if (/^\d+$/.test(query)) {
    const point = points.rows.indexOf(Number(query));
    if (point >= 0) found.push({ column: null, value: points.called(point), members: [point] });
  }
  const wanted = query.toLowerCase();
  for (const column of points.columns.filter(({ names, role }) => names && role !== "cluster")) {
    const fits = column.names.map((one) => one.toLowerCase().indexOf(wanted));
    const values = fits.map((_, value) => value).filter((value) => fits[value] >= 0);
    values.sort((a, b) => column.names[a].length - column.names[b].length);
    for (const value of values.slice(0, MOST - found.length)) {
      const members = [];
      column.values.forEach((one, point) => one === value && members.push(point));
      if (members.length) found.push({ column, value: column.names[value], members });
    }
  }
  return found.slice(0, MOST);
}
