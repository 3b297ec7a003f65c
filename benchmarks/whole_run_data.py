"""Data of different sizes and kinds for `whole_runs.py`: tables, images and photographs."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from latens.data import load

__all__ = ["MAKERS", "Absent"]

WIDE, HIGH = 300, 200


class Absent(Exception):
    """What a set is made of is not on this machine."""


def table(rows: int, columns: int) -> Callable[[Path], Path]:
    """Three hidden numbers, mixed, with noise; as CSV."""

    def make(folder: Path) -> Path:
        rng = np.random.default_rng(0)
        hidden = rng.normal(size=(rows, 3)) @ rng.normal(size=(3, columns))
        path = folder / f"table-{rows}.csv"
        names = ",".join(f"c{column}" for column in range(columns))
        values = hidden + 0.3 * rng.normal(size=(rows, columns))
        np.savetxt(path, values, delimiter=",", header=names, comments="", fmt="%.4f")
        return path

    return make


def large(folder: Path) -> Path:
    """200,000 rows of 784 columns, 627 MB, written in blocks."""
    rng = np.random.default_rng(0)
    path = folder / "large.npy"
    rows = np.lib.format.open_memmap(path, "w+", np.float32, (200_000, 784))
    mixing = rng.normal(size=(12, 784)).astype(np.float32)
    for start in range(0, len(rows), 10_000):
        hidden = rng.normal(size=(10_000, 12)).astype(np.float32)
        noise = rng.normal(size=(10_000, 784)).astype(np.float32)
        rows[start : start + 10_000] = np.tanh(hidden @ mixing) + 0.1 * noise
    rows.flush()
    return path


def small_images(folder: Path) -> Path:
    """20,000 PNG files of 28x28 pixels."""
    path = folder / "images"
    path.mkdir()
    for number, image in enumerate(np.asarray(load("fashion-mnist", split="all").X)[:20_000]):
        Image.fromarray(image).save(path / f"{number:05}.png")
    return path


def photographs(flowers: int, scenes: int) -> Callable[[Path], Path]:
    """Photographs of flowers at 300x200 pixels, and drawn scenes for the rest, as copies change a result."""

    def make(folder: Path) -> Path:
        source = Path(os.environ.get("LATENS_DATA", ""), "photographs", "flowers")
        files = sorted(source.rglob("*.jp*g"))
        if len(files) < flowers:
            raise Absent("there are no photographs/flowers below LATENS_DATA")
        path = folder / f"photographs-{flowers + scenes}"
        path.mkdir()
        for place in np.random.default_rng(0).permutation(len(files))[:flowers]:
            photograph = Image.open(files[place]).convert("RGB").resize((WIDE, HIGH))
            photograph.save(path / f"{files[place].parent.name}_{place:04}.jpg", quality=90)
        for number in range(scenes):
            scene(number).save(path / f"scene_{number:04}.jpg", quality=90)
        return path

    return make


def scene(seed: int) -> Image.Image:
    """A sky, a ground and some shapes."""
    rng = np.random.default_rng(seed)
    down, across = np.linspace(0, 1, HIGH)[:, None, None], np.linspace(0, 1, WIDE)[None, :, None]
    above, below = rng.uniform(0, 255, (2, 3))
    waves = 20 * np.sin(6.28 * (across * rng.uniform(1, 6) + rng.uniform()))
    pixels = above * (1 - down) + below * down + rng.normal(0, 8, (HIGH, WIDE, 3)) + waves
    image = Image.fromarray(pixels.clip(0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    for _ in range(rng.integers(3, 12)):
        x, y, size = rng.uniform(0, WIDE), rng.uniform(60, HIGH), rng.uniform(5, 60)
        color = tuple(int(value) for value in rng.uniform(0, 255, 3))
        shape = (draw.ellipse, draw.rectangle)[rng.integers(2)]
        tall = size * rng.uniform(0.3, 1)
        shape((x - size, y - tall, x + size, y + tall), fill=color)
    return image.filter(ImageFilter.GaussianBlur(float(rng.uniform(0, 2))))


def flowers(folder: Path) -> Path:
    """The 1,200 photographs as they are, 128x128."""
    path = Path(os.environ.get("LATENS_DATA", ""), "photographs", "flowers")
    if not path.exists():
        raise Absent("there are no photographs/flowers below LATENS_DATA")
    return path


MAKERS: dict[str, Callable[[Path], Path]] = {
    "table 3,000 x 12": table(3_000, 12),
    "table 300,000 x 12": table(300_000, 12),
    "array 200,000 x 784": large,
    "20,000 PNG of 28x28": small_images,
    "600 photographs of 300x200": photographs(600, 0),
    "1,600 photographs of 300x200": photographs(1_200, 400),
    "1,200 flowers of 128x128": flowers,
}
