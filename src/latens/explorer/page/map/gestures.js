// Pointers, wheel and keys on a map, told in the words of the map.

const CLICK_PIXELS = 5;
const PAN_PIXELS = 60;

/**
 * Listen on an element. `on` answers `startsDrag(place, event)` with a function that gets every further place
 * of the drag and at last null, or with null, when the drag moves the map; the other answers are `pan(dx, dy)`,
 * `zoom(factor, place)`, `hover(place)`, `click(place, event)`, `isActive()` and `key(event)`.
 */
export function listen(target, on) {
  const pointers = new Map();
  let drag = null;
  let start = null;
  let travelled = 0;

  const place = (event) => {
    const box = target.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };

  target.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    target.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, place(event));
    target.focus({ preventScroll: true });
    on.hover(null);
    if (pointers.size === 1) {
      start = place(event);
      travelled = 0;
      drag = on.startsDrag(start, event);
    } else {
      drag?.(null);
      drag = null;
      travelled = Infinity;
    }
  });

  target.addEventListener("pointermove", (event) => {
    const here = place(event);
    const before = pointers.get(event.pointerId);
    if (!before) {
      on.hover(here);
      return;
    }
    if (pointers.size === 2) pinch(event.pointerId, before, here);
    else if (pointers.size === 1) {
      travelled = Math.max(travelled, distance(here, start));
      if (drag) drag(here);
      else if (travelled > CLICK_PIXELS) on.pan(here[0] - before[0], here[1] - before[1]);
    }
    pointers.set(event.pointerId, here);
  });

  function pinch(moving, before, here) {
    const [, fixed] = [...pointers].find(([id]) => id !== moving);
    const factor = distance(here, fixed) / Math.max(1, distance(before, fixed));
    on.zoom(factor, [(here[0] + fixed[0]) / 2, (here[1] + fixed[1]) / 2]);
    on.pan((here[0] - before[0]) / 2, (here[1] - before[1]) / 2);
  }

  const end = (event) => {
    if (!pointers.delete(event.pointerId)) return;
    drag?.(null);
    drag = null;
    if (event.type === "pointerup" && travelled <= CLICK_PIXELS) on.click(place(event), event);
  };
  target.addEventListener("pointerup", end);
  target.addEventListener("pointercancel", end);
  target.addEventListener("pointerleave", () => on.hover(null));

  target.addEventListener(
    "wheel",
    (event) => {
      // In a longer page the wheel belongs to the page until the map has been clicked.
      if (!on.isActive() && !event.ctrlKey) return;
      event.preventDefault();
      const lines = event.deltaMode === 1 ? 16 : 1;
      on.zoom(Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0018)), place(event));
    },
    { passive: false },
  );

  target.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { width, height } = target.getBoundingClientRect();
    const moves = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    const middle = [width / 2, height / 2];
    if (event.key in moves && !event.shiftKey) on.pan(...moves[event.key].map((one) => one * PAN_PIXELS));
    else if (event.key === "+" || event.key === "=") on.zoom(1.5, middle);
    else if (event.key === "-" || event.key === "_") on.zoom(1 / 1.5, middle);
    else if (!on.key(event)) return;
    event.preventDefault();
  });
}

function distance([x0, y0], [x1, y1]) {
  return Math.hypot(x1 - x0, y1 - y0);
}
