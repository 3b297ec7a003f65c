// Numbers as people read them.

const FEW_DIGITS = new Intl.NumberFormat("en", { maximumSignificantDigits: 4 });
const WHOLE = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

export function formatted(value) {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (Number.isInteger(value)) return WHOLE.format(value).replace("-", "−");
  const words = size >= 1e6 || size < 1e-4 ? value.toExponential(2) : FEW_DIGITS.format(value);
  return words.replace("-", "−");
}

export function counted(n, one, many = `${one}s`) {
  return `${WHOLE.format(n)} ${n === 1 ? one : many}`;
}

export function percent(share) {
  return share > 0 && share < 0.005 ? "< 1 %" : `${Math.round(100 * share)} %`;
}

export function clamp(value, low, high) {
  return Math.min(high, Math.max(low, value));
}
