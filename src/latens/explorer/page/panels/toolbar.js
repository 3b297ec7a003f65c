// The row of controls above the maps.

import { button, choice, element, fillChoice } from "../dom.js";
import { search } from "./search.js";
import { viewsMenu } from "./views_menu.js";

const TOOLS = [
  ["move", "Move", "Drag moves the map, a click opens a point (M)"],
  ["lasso", "Lasso", "Draw a line around points to select them (L)"],
  ["box", "Box", "Drag a rectangle to select points (B)"],
  ["decode", "Decode", "Drag through the map and see what the codes there decode to (D)"],
];

export function toolbar(explorer) {
  const { points, store, history, decoding } = explorer;
  const maps = points.clouds.map(({ title }, place) => [place, title]);
  const first = choice("Map", maps, (value) => explorer.showMaps([Number(value), ...store.state.maps.slice(1)]));
  const second = choice("Second map", [[-1, "nothing"], ...maps], (value) => {
    const chosen = Number(value);
    explorer.showMaps(chosen < 0 ? [store.state.maps[0]] : [store.state.maps[0], chosen]);
  });
  const color = choice("Color by", [], (value) => store.set({ color: Number(value), hidden: new Set() }));
  const fill = () => {
    const filled = points.columns.map((column, place) => ({ column, place })).filter(({ column, place }) => !column.isEmpty || place === store.state.color);
    fillChoice(color, filled.map(({ column, place }) => [place, column.name]));
    color.value = store.state.color;
  };
  fill();
  store.on(["columns"], fill);
  const images = choice("Images", [["near", "near"], ["always", "always"], ["never", "never"]], (value) =>
    store.set({ images: value }),
  );
  const names = element("input", { type: "checkbox", onchange: () => store.set({ showNames: names.checked }) });
  const trained = element("input", { type: "checkbox", onchange: () => store.set({ trainedOn: trained.checked }) });
  const back = button("←", () => history.back(), { title: "Back to the last view ([)", "aria-label": "Back" });
  const forward = button("→", () => history.forward(), { title: "Forward (])", "aria-label": "Forward" });
  const undo = button("Undo", () => explorer.step("undo"), { title: "Undo names, selections and filters (Ctrl+Z)" });
  const redo = button("Redo", () => explorer.step("redo"), { title: "Do again what was undone (Ctrl+Shift+Z)" });
  const whole = button("Fit", () => explorer.wholeMap(), { title: "Show all of the map (0)" });
  const tools = TOOLS.filter(([tool]) => tool !== "decode" || decoding.decoder).map(([tool, words, title]) =>
    button(words, () => store.set({ tool }), { title, "data-tool": tool }),
  );
  const finder = search(explorer);
  explorer.searchInput = finder.input;

  const show = ({ maps: shown, color: by, images: when, tool, showNames, trainedOn }) => {
    [first.value, second.value, color.value, images.value] = [shown[0], shown[1] ?? -1, by, when];
    [names.checked, trained.checked] = [showNames, trainedOn];
    for (const one of tools) one.setAttribute("aria-pressed", String(one.dataset.tool === tool));
  };
  store.on(["maps", "color", "images", "tool", "showNames", "trainedOn"], show);
  show(store.state);
  const step = () => {
    [back.disabled, forward.disabled] = [!history.canGoBack, !history.canGoForward];
  };
  history.onChange(step);
  step();
  const undone = () => {
    [undo.disabled, redo.disabled] = [!explorer.undo.canUndo, !explorer.undo.canRedo];
  };
  explorer.undo.onChange(undone);
  undone();

  return element(
    "div",
    { class: "toolbar", role: "toolbar", "aria-label": "Map" },
    element("span", { class: "together" }, back, forward, whole),
    element("span", { class: "together" }, undo, redo),
    element("span", { class: "together", role: "group", "aria-label": "What dragging does" }, ...tools),
    element("label", { class: "field" }, "Map ", first),
    maps.length > 1 ? element("label", { class: "field" }, "beside ", second) : null,
    element("label", { class: "field" }, "Color ", color),
    points.thumbnails ? element("label", { class: "field" }, "Images ", images) : null,
    element("label", { class: "field" }, names, "names"),
    points.hasBothParts ? element("label", { class: "field" }, trained, "trained on") : null,
    viewsMenu(explorer),
    finder.element,
  );
}
