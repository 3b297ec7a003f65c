"""Make the pictures of the report and the explorer that README and guides show: one command, one run.

    latens run fashion-mnist-10k --out runs/pictures
    python docs/screenshots.py runs/pictures

It needs playwright (``pip install '.[browser]'``) and a Chromium on this machine. The report of the run is
made anew first.
"""

import argparse
import io
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from latens.applications.classify.rounds import next_to_name
from latens.explorer import write_explorer
from latens.explorer.keeping import Keeping
from latens.explorer.limits import ON_A_SERVER
from latens.explorer.reading import read_exploration
from latens.reports import write_report
from latens.runs import Run

IMAGES = Path(__file__).parent / "images"
MOST_BYTES = 300_000
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
EXPLORER = "document.getElementById('latens-explorer')?.explorer"

# Where on the page most samples lie within a twentieth of the map.
CROWDED = """() => {
  const pane = document.getElementById('latens-explorer').explorer.panes[0];
  const { x, y, n } = pane.cloud, all = [...Array(n).keys()];
  const reach = (Math.max(...x) - Math.min(...x)) / 20;
  const isNear = (one, other) => Math.hypot(x[one] - x[other], y[one] - y[other]) < reach;
  const crowd = (one) => all.filter((other) => isNear(one, other)).length;
  const point = all.map((one) => [crowd(one), one]).sort((a, b) => b[0] - a[0])[0][1];
  const box = pane.marks.getBoundingClientRect(), [left, top] = pane.toScreen(x[point], y[point]);
  return [box.left + left, box.top + top];
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the pictures in docs/images from a run.")
    parser.add_argument("run", type=Path, help="a run of fashion-mnist-10k")
    run = parser.parse_args().run
    from playwright.sync_api import sync_playwright

    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        sys.exit(f"There is no Chromium on this machine; one of {', '.join(BROWSERS)} is needed.")
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        explorer = write_explorer(run, Path(folder) / "explorer.html")
        browser = driver.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-gpu"]
        )
        first_screen(browser, write_report(run))
        whole_map(browser, explorer)
        among_images(browser, explorer)
        named(browser, run, Path(folder))
        browser.close()


def first_screen(browser: Any, report: Path) -> None:
    """What somebody sees who opens a report."""
    page = opened(browser, report, 1280, 860)
    save(page, "report")


def whole_map(browser: Any, explorer: Path) -> None:
    """All samples, with one decoded between them."""
    page = opened(browser, explorer, 1280, 800)
    save(page, "explorer")


def among_images(browser: Any, explorer: Path) -> None:
    """The map from near, where the points are the samples themselves, in a dark room."""
    page = opened(browser, explorer, 1280, 800, color_scheme="dark")
    page.mouse.move(*page.evaluate(CROWDED))
    for _ in range(3):
        page.mouse.wheel(0, -240)
        page.wait_for_timeout(60)
    page.mouse.move(5, 5)
    page.get_by_role("tab", name="Groups").click()
    page.wait_for_timeout(600)
    save(page, "explorer-images")


def named(browser: Any, run: Path, folder: Path) -> None:
    """Fifty samples that were named, what was learned from them, and which are to be named next."""
    copy = folder / "run"
    shutil.copytree(run, copy)
    name_some(Run.open(copy))
    command = [sys.executable, "-m", "latens", "explore", str(copy), "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            page = opened(browser, server.stdout.readline().strip(), 1280, 860)
            page.get_by_role("tab", name="Labels").click()
            page.get_by_role("button", name="Learn from these labels").click()
            page.locator(".candidate").first.wait_for()
            page.evaluate(f"{EXPLORER}.store.set({{ cursor: null }})")
            page.wait_for_timeout(600)
            save(page, "explorer-labels")
        finally:
            server.terminate()


def name_some(run: Run) -> None:
    """Name fifty samples by their true labels, those in the middles of as many clusters."""
    exploration = read_exploration(run, ON_A_SERVER)
    column = next(column for column in exploration.columns if column.role == "label")
    Z = exploration.codes[0].values
    chosen = next_to_name(None, Z.__getitem__, 50, is_named=np.zeros(len(Z), dtype=bool))
    sent = {"names": column.names, "rows": exploration.rows[chosen].tolist()}
    sent |= {"labels": column.values[chosen].tolist()}
    Keeping(run, exploration.rows, Z).write_labels(sent)


def opened(browser: Any, path: Path | str, width: int, height: int, **options: Any) -> Any:
    """Open a file, and wait until its explorer is there."""
    page = browser.new_page(viewport={"width": width, "height": height}, **options)
    page.goto(path if isinstance(path, str) else path.resolve().as_uri())
    for _ in range(200):
        if page.evaluate(f"{EXPLORER} !== undefined"):
            break
        page.wait_for_timeout(50)
    else:
        sys.exit(f"The explorer in '{path}' has not started within ten seconds.")
    page.wait_for_timeout(800)
    return page


def save(page: Any, name: str) -> None:
    """Write what the page shows, with as many colors as fit into the file."""
    image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    for colors in (256, 128, 64, 32):
        buffer = io.BytesIO()
        image.quantize(colors, dither=Image.Dither.NONE).save(buffer, "PNG", optimize=True)
        if buffer.tell() <= MOST_BYTES:
            break
    path = IMAGES / f"{name}.png"
    path.write_bytes(buffer.getvalue())
    sys.stdout.write(f"{path}  {buffer.tell() // 1000} kB\n")


if __name__ == "__main__":
    main()
