"""How smoothly the explorer's map moves in a headless Chromium without a graphics card."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from latens.explorer.document import page_of
from latens.explorer.exploration import Column, Exploration, Map

# Pans to and fro at a steady pace and counts the frames that the browser gives; `drawn` is the mean share of
# the points in a frame, which the explorer lowers while the map moves where all of them would take too long.
_PAN = """async (seconds) => {
  const explorer = document.getElementById("latens-explorer").explorer;
  const [pane] = explorer.panes;
  const next = () => new Promise((resolve) => requestAnimationFrame(resolve));
  for (let i = 0; i < 20; i++) { pane.moveCamera(pane.camera.moved(3, 1, pane.view)); await next(); }
  const started = performance.now();
  let [frames, drawn, drawing] = [0, 0, 0];
  while (performance.now() - started < 1000 * seconds) {
    const by = frames % 120 < 60 ? 4 : -4;
    pane.moveCamera(pane.camera.moved(by, by / 2, pane.view));
    await next();
    frames += 1;
    drawn += explorer.lastFrame.count / explorer.points.n;
    drawing += explorer.lastFrame.milliseconds;
  }
  const took = (performance.now() - started) / 1000;
  return { rate: frames / took, drawn: drawn / frames, drawing: drawing / frames };
}"""

# Hides another group, colors by another column, or selects another tenth in every frame.
_FILTER = """async (seconds) => {
  const explorer = document.getElementById("latens-explorer").explorer;
  const { n } = explorer.points;
  const next = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const few = Array.from({ length: Math.floor(n / 10) }, (_, i) => i);
  const steps = {
    hiding: (i) => explorer.store.set({ hidden: new Set([i % 10]) }),
    coloring: (i) => explorer.store.set({ colour: i % 3, hidden: new Set() }),
    selecting: (i) => explorer.select(few.map((one) => one + (i % 10) * few.length), "replace"),
  };
  const rates = {};
  for (const [name, step] of Object.entries(steps)) {
    for (let i = 0; i < 20; i++) { step(i); await next(); }
    const started = performance.now();
    let frames = 0;
    for (; performance.now() - started < 1000 * seconds; frames++) { step(frames); await next(); }
    rates[name] = (1000 * frames) / (performance.now() - started);
  }
  explorer.select([], "replace");
  explorer.store.set({ colour: 0, hidden: new Set() });
  return rates;
}"""


def prepare(settings: dict[str, Any]) -> Callable[[], dict[str, float]]:
    """Write a page of each size, and open them."""
    from playwright.sync_api import sync_playwright

    executable = shutil.which("chromium") or shutil.which("google-chrome")
    arguments = ["--no-sandbox", "--disable-gpu"]
    driver = sync_playwright().start()
    browser = driver.chromium.launch(executable_path=executable, args=arguments)
    pages = {}
    for n in settings["points"]:
        pages[n] = browser.new_page(viewport={"width": 1280, "height": 800})
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "explorer.html"
            path.write_text(page_of(_points(n)), encoding="utf-8")
            pages[n].goto(path.as_uri())
        pages[n].wait_for_timeout(500)

    def run() -> dict[str, float]:
        measured = {}
        for n, page in pages.items():
            page.bring_to_front()
            found = page.evaluate(_PAN, settings["seconds"])
            measured[f"frames_per_second_{n}"] = found["rate"]
            measured[f"drawing_milliseconds_{n}"] = found["drawing"]
            measured[f"share_drawn_{n}"] = found["drawn"]
        first = next(iter(pages))
        pages[first].bring_to_front()
        rates = pages[first].evaluate(_FILTER, settings["seconds"])
        measured |= {f"{name}_per_second_{first}": rate for name, rate in rates.items()}
        return {"seconds": 1 / measured[f"frames_per_second_{first}"], **measured}

    return run


def _points(n: int) -> Exploration:
    """Ten clouds of points, as a map of a data set with ten classes has them."""
    generator = np.random.default_rng(0)
    labels = generator.integers(10, size=n)
    places = generator.normal(size=(10, 2))[labels] * 3 + generator.normal(size=(n, 2))
    names = tuple(f"class {one}" for one in range(10))
    columns = (
        Column("label", labels, names, "label"),
        Column("cluster", generator.integers(10, size=n), names, "cluster"),
        Column("error", generator.random(n), role="error"),
    )
    return Exploration(
        f"{n} points", np.arange(n), (Map("places", places.astype(np.float32)),), columns
    )
