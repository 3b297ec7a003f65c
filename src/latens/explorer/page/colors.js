// Colors that people with any sight can tell apart, as far as there are enough of them.

import { range } from "./cloud.js";
import { numbersOf } from "./column_values.js";

// The first eight of Okabe and Ito, without black, and then others chosen to be far from them; the same as
// in the pictures of the report.
export const PALETTE = [
  "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#a33a2a", "#7d5fff",
  "#aa3377", "#bab0ac", "#3f90da", "#b9ac70", "#ee7733", "#ee6677", "#832db6", "#aa4499",
  "#9e9ac8", "#e45756", "#cc3311", "#7b6ccb",
];

// Of clusters, which are squares, so that nobody takes them for classes; the same as in the report, too.
const CLUSTERS = [
  "#2f937a", "#2e4b83", "#b7b5fc", "#5e4b0c", "#a5c47d", "#928fd4", "#4f6ea9", "#856b1b",
  "#306964", "#89ada9", "#a19c4e", "#4b89a8", "#37515f", "#a4754e", "#366188", "#94c4ae",
  "#77563a", "#a5a4dc", "#437786", "#7799a2",
];

export const OTHERS = "#8a9099";

// Viridis without its ends, which are lost on dark and on white paper.
const RAMP = ["#46327e", "#365c8d", "#277f8e", "#1fa187", "#4ac16d", "#a0da39", "#dfe318"].map(channels);

const STEPS = 255;

/**
 * How a column colors points; where it has a `strength` for each, that is how strongly: `of(point)` is
 * [red, green, blue], `group(point)` a place in `groups`, and `isSquare` says that it is drawn with squares.
 *
 * Of more categories than there are colors, the most frequent ones have one.
 */
export function coloring(column) {
  const numbers = numbersOf(column);
  return numbers ? byNumber(numbers) : byCategory(column);
}

function byCategory({ values, names, strength, role }) {
  const isSquare = role === "cluster";
  const palette = isSquare ? CLUSTERS : PALETTE;
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const known = [...counts.keys()].filter((value) => value >= 0);
  const shown =
    known.length <= palette.length
      ? known.sort((a, b) => a - b)
      : known.sort((a, b) => counts.get(b) - counts.get(a)).slice(0, palette.length - 1);
  const fits = names.length <= palette.length;
  const groups = shown.map((value, place) => ({
    name: names[value],
    count: counts.get(value),
    color: palette[fits ? value : place],
  }));
  const rest = values.length - groups.reduce((sum, { count }) => sum + count, 0);
  const placeOf = new Map(shown.map((value, place) => [value, place]));
  if (rest > 0) {
    const many = known.length - shown.length;
    groups.push({ name: many ? `${many} others` : "none", count: rest, color: OTHERS });
  }
  // Looked up once for all points: every frame and every filter asks for them.
  const groupOf = Int32Array.from(values, (value) => placeOf.get(value) ?? groups.length - 1);
  const rgb = groups.map(({ color }) => channels(color));
  if (!strength) return { groups, group: (point) => groupOf[point], ...tonesOf(rgb, groupOf), isSquare };
  const tints = rgb.flatMap((color) => STRENGTHS.map((share) => mixed(color, channels(OTHERS), share)));
  const level = (point) => Math.round((STRENGTHS.length - 1) * (strength[point] || 0));
  const tintOf = groupOf.map((group, point) => group * STRENGTHS.length + level(point));
  return { groups, group: (point) => groupOf[point], ...tonesOf(tints, tintOf), isSquare };
}

// From hardly colored to the color itself: the more certain, the stronger.
const STRENGTHS = Array.from({ length: 9 }, (_, level) => 0.15 + (0.85 * level) / 8);

function byNumber(values) {
  const [low, high] = range(values);
  const rgb = [...Array.from({ length: STEPS + 1 }, (_, step) => onRamp(step / STEPS)), channels(OTHERS)];
  const stepOf = Int32Array.from(values, (value) => {
    const share = high > low ? (value - low) / (high - low) : 0.5;
    return Number.isFinite(share) ? Math.round(STEPS * share) : STEPS + 1;
  });
  return { groups: null, group: () => 0, low, high, ...tonesOf(rgb, stepOf), isSquare: false };
}

/** Few colors for many points: `of(point)`, and `pixels(paper, share)` of all points, mixed with the paper. */
function tonesOf(rgb, placeOf) {
  const known = new Map();
  const pixels = (paper, share) => {
    const key = `${paper} ${share}`;
    if (!known.has(key)) {
      const shades = Int32Array.from(rgb, (one) => pixel(mixed(one, paper, share)));
      known.set(key, placeOf.map((place) => shades[place]));
    }
    return known.get(key);
  };
  return { of: (point) => rgb[placeOf[point]], pixels };
}

function onRamp(share) {
  const place = Math.min(0.999999, Math.max(0, share)) * (RAMP.length - 1);
  const [low, high] = [RAMP[Math.floor(place)], RAMP[Math.floor(place) + 1]];
  return low.map((value, channel) => value + (place % 1) * (high[channel] - value));
}

export function rampGradient() {
  return `linear-gradient(to right, ${RAMP.map((rgb) => `rgb(${rgb.join(" ")})`).join(", ")})`;
}

export function channels(hex) {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

/** A pixel in memory, on the little-endian machines that browsers run on. */
export function pixel([red, green, blue]) {
  return (255 << 24) | (Math.round(blue) << 16) | (Math.round(green) << 8) | Math.round(red);
}

export function mixed(color, paper, share) {
  return color.map((value, channel) => value * share + paper[channel] * (1 - share));
}
