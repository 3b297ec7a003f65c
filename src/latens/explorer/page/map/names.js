// The names of groups, written where most of their points are.

import { short } from "../dom.js";

const MOST_NAMES = 20;
const ENOUGH_FOR_A_MEDIAN = 2_000;

/** Where the names of the groups of a coloring belong on a map: {name, x, y}, the largest group first. */
export function placesOfNames(cloud, coloring) {
  if (!coloring.groups || coloring.groups.length > MOST_NAMES) return [];
  const members = coloring.groups.map(() => []);
  for (let point = 0; point < cloud.n; point++) members[coloring.group(point)].push(point);
  return coloring.groups
    .map((group, place) => ({ ...group, place, members: members[place] }))
    .filter((group) => group.members.length > 0)
    .sort((a, b) => b.count - a.count)
    .map(({ name, place, members }) => ({
      name: short(name, 24),
      place,
      x: median(members, cloud.x),
      y: median(members, cloud.y),
    }));
}

/** Write names that do not lie on one another; the boxes that they take: [left, top, right, bottom]. */
export function drawNames(context, names, toScreen, { ink, paper }) {
  const taken = [];
  context.font = "600 12px system-ui, sans-serif";
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  for (const { name, x, y } of names) {
    const [left, top] = toScreen(x, y);
    const half = context.measureText(name).width / 2 + 4;
    const box = [left - half, top - 10, left + half, top + 10];
    if (taken.some((other) => overlap(box, other))) continue;
    taken.push(box);
    context.lineWidth = 4;
    context.strokeStyle = paper;
    context.strokeText(name, left, top);
    context.fillStyle = ink;
    context.fillText(name, left, top);
  }
  return taken;
}

/** Whether two boxes share a place. */
export function overlap(one, other) {
  return one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3];
}

/** Of very many, the median of some that are evenly spread over them. */
function median(members, values) {
  const step = Math.max(1, Math.floor(members.length / ENOUGH_FOR_A_MEDIAN));
  const some = step === 1 ? members : members.filter((_, at) => at % step === 0);
  const sorted = Float32Array.from(some, (point) => values[point]).sort();
  return sorted[sorted.length >> 1];
}
