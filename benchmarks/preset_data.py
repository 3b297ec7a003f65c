"""The sets of `presets.py`: images and tables of 340 to 70,000 samples, none of which chose a rule.

Letters come from the fonts of this machine, icons from Debian's package mate-icon-theme, patches from the
photographs of Train400; what a machine lacks is left out, with the reason.
"""

import os
import re
from collections.abc import Callable
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import numpy as np
from anomaly_tables import read_table
from PIL import Image, ImageDraw, ImageFont

from latens.data import load

__all__ = ["SETS", "Absent", "parts"]

Samples = tuple[np.ndarray, np.ndarray | None]
FONTS = Path("/usr/share/fonts")
ICONS = Path("/usr/share/icons/mate/32x32")


class Absent(Exception):
    """What a set is made of is not on this machine."""


def parts(name: str, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """All samples of a set and their labels in an order of the seed's, and which fifth is held out."""
    X, y = SETS[name]()
    order = np.random.default_rng(seed).permutation(len(X))
    held_out = np.arange(len(X)) < len(X) // 5
    return X[order], held_out, None if y is None else np.unique(y, return_inverse=True)[1][order]


def shared(*path: str) -> Path:
    place = Path(os.environ.get("LATENS_DATA", ""), *path)
    if not place.exists():
        raise Absent(f"there is no {'/'.join(path)} below LATENS_DATA")
    return place


def fashion() -> Samples:
    data = load("fashion-mnist", split="all")
    return np.asarray(data.X), np.asarray(data.y)


def cifar() -> Samples:
    """6,000 images of 32x32 pixels, in color, from the copy in JPEG."""
    with np.load(shared("cifar-10-jpeg", "cifar10_jpeg_q75.npz")) as file:
        jpeg, starts, y = (file[f"test_{part}"] for part in ("jpeg", "offsets", "labels"))
    places = list(pairwise(starts))
    # The copy is in order of the classes.
    rows = np.random.default_rng(0).permutation(len(y))[:6_000]
    files = [BytesIO(jpeg[slice(*places[row])].tobytes()) for row in rows]
    return np.stack([np.asarray(Image.open(file)) for file in files]), y[rows]


def letters() -> Samples:
    """A to Z of every font that has them, 16x16 pixels, grey."""
    X, y = [], []
    for file in sorted(FONTS.rglob("*.[to]tf")):
        if re.search(r"symbol|dingbat|math|emoji|d050000l", file.name, re.IGNORECASE):
            continue
        font = ImageFont.truetype(str(file), 64)
        for number in range(26):
            drawn = Image.new("L", (128, 128))
            ImageDraw.Draw(drawn).text((64, 64), chr(65 + number), 255, font, anchor="mm")
            if (box := drawn.getbbox()) is None:
                continue
            inner = drawn.crop(box)
            inner.thumbnail((14, 14), Image.Resampling.LANCZOS)
            image = Image.new("L", (16, 16))
            image.paste(inner, ((16 - inner.width) // 2, (16 - inner.height) // 2))
            X.append(np.asarray(image))
            y.append(number)
    if len(X) < 1_000:
        raise Absent(f"the fonts below {FONTS} give {len(X)} letters")
    return np.stack(X), np.array(y)


def icons() -> Samples:
    """Icons of 32x32 pixels, in color on white, each once."""
    X, y = [], []
    for file in sorted(ICONS.rglob("*.png")):
        icon = Image.open(file).convert("RGBA")
        if icon.size == (32, 32):
            on_white = Image.alpha_composite(Image.new("RGBA", icon.size, "white"), icon)
            X.append(np.asarray(on_white.convert("RGB")))
            y.append(file.parent.name)
    if not X:
        raise Absent(f"there are no icons below {ICONS} (Debian's mate-icon-theme)")
    images, first = np.unique(np.stack(X), axis=0, return_index=True)
    return images, np.array(y)[first]


def flowers() -> Samples:
    data = load(shared("photographs", "flowers"), image_size=32)
    return np.asarray(data.X), np.asarray(data.y)


def patches() -> Samples:
    """20,000 patches of 12x12 pixels, without labels."""
    rng, X = np.random.default_rng(0), []
    files = sorted(shared("denoise", "Train400").iterdir())
    for file in files:
        image = np.asarray(Image.open(file).convert("L"))
        for _ in range(20_000 // len(files)):
            top, left = (rng.integers(0, side - 11) for side in image.shape)
            X.append(image[top : top + 12, left : left + 12])
    return np.stack(X), None


def adult() -> Samples:
    data = load(shared("tables", "adult.csv"), label_column="Salary")
    return np.asarray(data.X), np.asarray(data.y)


def table(name: str) -> Callable[[], Samples]:
    def read() -> Samples:
        shared("adbench")
        return read_table(name)

    return read


SETS: dict[str, Callable[[], Samples]] = {
    "Fashion-MNIST": fashion,
    "CIFAR-10 (JPEG-75 copy), 6,000": cifar,
    "letters of fonts, 16x16": letters,
    "icons, 32x32": icons,
    "flowers, 32x32": flowers,
    "patches of photographs, 12x12": patches,
    "adult": adult,
    "satellite": table("30_satellite"),
    "magic": table("22_magic.gamma"),
    "shuttle": table("32_shuttle"),
    "cardio": table("6_cardio"),
    "Ionosphere": table("18_Ionosphere"),
}
