// Which points are drawn as pictures: one for each cell of a lattice that is fixed to the map, so that pictures
// stay who they are while the map is moved.

const SMALLEST_CELL = 34;
// Pictures come by themselves once there are so few points in sight for each cell.
const FEW_PER_CELL = 2.5;

/**
 * The points to draw as pictures, with the side of their cell in pixels.
 *
 * `when` is "always", "never" or "near", which is when they do not hide much of what `isShown`. Of these only
 * those that `isProminent` become pictures.
 */
export function picturesInSight(cloud, camera, view, { when, isShown, isProminent }) {
  if (when === "never") return { points: [], cell: 0 };
  const scale = camera.scale(view);
  const level = 2 ** Math.floor(Math.log2(scale / SMALLEST_CELL));
  const cell = scale / level;
  const [left, bottom, right, top] = camera.bounds(view).map((side) => Math.floor(side * level));
  const columns = right - left + 1;
  const cells = columns * (top - bottom + 1);
  const chosen = new Int32Array(cells).fill(-1);
  const distances = new Float32Array(cells);
  let inSight = 0;
  cloud.within(left / level, bottom / level, (right + 1) / level, (top + 1) / level, (point) => {
    if (!isShown(point)) return true;
    inSight++;
    if (when === "near" && inSight > FEW_PER_CELL * cells) return false;
    if (!isProminent(point)) return true;
    const [x, y] = [cloud.x[point] * level, cloud.y[point] * level];
    const [column, row] = [Math.floor(x), Math.floor(y)];
    const place = (Math.min(row, top) - bottom) * columns + Math.min(column, right) - left;
    // Those in the middle of their cells overlap least.
    const distance = Math.max(Math.abs(x - column - 0.5), Math.abs(y - row - 0.5));
    if (chosen[place] === -1 || distance < distances[place]) {
      chosen[place] = point;
      distances[place] = distance;
    }
    return true;
  });
  if (when === "near" && inSight > FEW_PER_CELL * cells) return { points: [], cell: 0 };
  return { points: chosen.filter((point) => point !== -1), cell };
}
