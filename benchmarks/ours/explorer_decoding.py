"""How many samples a second the explorer decodes while its cursor is dragged, in a headless Chromium."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from torch import nn

from latens import networks
from latens.explorer.document import page_of
from latens.explorer.exploration import Codes, Decoder, Exploration, Map
from latens.explorer.layers import describe

# The cursor goes round in a circle; a sample counts when it has been decoded and drawn.
_DRAG = """async ([model, seconds]) => {
  const explorer = document.getElementById("latens-explorer").explorer;
  explorer.chooseModel(model);
  const next = () => new Promise((resolve) => requestAnimationFrame(resolve));
  let samples = 0;
  explorer.decoding.onSample((sample) => { samples += sample ? 1 : 0; });
  for (let i = 0; i < 10; i++) { explorer.decoding.goTo(0, 0.5 + i / 100, 0.5); await next(); }
  [samples, explorer.decoding.milliseconds] = [0, 0];
  const started = performance.now();
  for (let i = 0; performance.now() - started < 1000 * seconds; i++) {
    explorer.decoding.goTo(0, 0.5 + 0.3 * Math.cos(i / 20), 0.5 + 0.3 * Math.sin(i / 20));
    await next();
  }
  const took = (performance.now() - started) / 1000;
  return { rate: samples / took, milliseconds: explorer.decoding.milliseconds };
}"""


def prepare(settings: dict[str, Any]) -> Callable[[], dict[str, float]]:
    """Write a page with a decoder of each network, and open it."""
    from playwright.sync_api import sync_playwright

    names = list(settings["networks"])
    executable = shutil.which("chromium") or shutil.which("google-chrome")
    driver = sync_playwright().start()
    browser = driver.chromium.launch(
        executable_path=executable, args=["--no-sandbox", "--disable-gpu"]
    )
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "explorer.html"
        path.write_text(page_of(_decoders(settings)), encoding="utf-8")
        page.goto(path.as_uri())
    page.wait_for_timeout(500)

    def run() -> dict[str, float]:
        measured = {}
        for model, name in enumerate(names):
            found = page.evaluate(_DRAG, [model, settings["seconds"]])
            measured[f"samples_per_second_{name}"] = found["rate"]
            measured[f"decoding_milliseconds_{name}"] = found["milliseconds"]
        return {"seconds": 1 / measured[f"samples_per_second_{names[0]}"], **measured}

    return run


def _decoders(settings: dict[str, Any]) -> Exploration:
    """Decoders with their first weights, which cost what trained ones cost."""
    generator = np.random.default_rng(0)
    n, numbers = settings["points"], settings["numbers"]
    codes = []
    for name, (network, *shape) in settings["networks"].items():
        parts = getattr(networks, network)().build(tuple(shape), numbers)
        layers = describe(nn.Sequential(parts.decoder, nn.Sigmoid()).eval())
        decoder = Decoder(layers, "int8", 0.0, np.zeros(1), np.ones(1), bounded=True)
        values = generator.normal(size=(n, numbers)).astype(np.float32)
        codes.append(Codes(name, values, decoder))
    places = Map("places", generator.normal(size=(n, 2)).astype(np.float32))
    images = np.zeros((n, 8, 8), dtype=np.uint8)
    return Exploration(
        "decoders", np.arange(n), (places,), (), tuple(codes), images, sample_shape=(8, 8)
    )
