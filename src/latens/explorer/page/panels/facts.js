// What is known of one point, as a list of names and values.

import { element, name } from "../dom.js";
import { valueOf } from "../exporting.js";
import { formatted } from "../numbers.js";

/** The columns worth reading for one point, numbers of codes left out. */
export function factColumns(points) {
  return points.filledColumns.filter(({ role }) => role !== "code");
}

/** The few that fit beside the pointer, with the column that colors the points. */
export function briefColumns(points, color) {
  const roles = ["row", "id", "part", "given", "label", "learned", "cluster", "error", "item"];
  const brief = roles.map((role) => points.columns[points.first(role)]).filter((column) => column && !column.isEmpty);
  const chosen = points.columns[color];
  return brief.includes(chosen) ? brief : [chosen, ...brief];
}

export function factList(columns, point, most = 200) {
  return element(
    "dl",
    { class: "facts" },
    ...columns.flatMap((column) => {
      const value = valueOf(column, point);
      const isNumber = typeof value === "number";
      // A row number is a name: no comma in it.
      const number = () => (column.role === "row" ? String(value) : formatted(value));
      const shown = isNumber ? number() : value === null ? "–" : name(value, most);
      return [element("dt", {}, name(column.name, 32)), element("dd", { class: isNumber ? "number" : null }, shown)];
    }),
  );
}
