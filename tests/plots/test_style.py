"""Colors that people with other eyes, and printers without colors, can tell apart."""

import numpy as np
import pytest

from latens._text import one_line
from latens.plots.style import CLUSTERS, PALETTE, balanced, clean, short

# Machado, Oliveira and Fernandes (2009), severity 1.
SIGHTS = {
    "normal": np.eye(3),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]]
    ),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
}  # fmt: skip


def _linear(color: str) -> np.ndarray:
    values = np.array([int(color[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def _oklab(linear: np.ndarray) -> np.ndarray:
    """Björn Ottosson (2020), "A perceptual color space for image processing"."""
    to_cones = [[0.41222147, 0.53633254, 0.05144599], [0.2119035, 0.68069955, 0.10739696],
                [0.08830246, 0.28171884, 0.6299787]]  # fmt: skip
    to_lab = [[0.21045426, 0.79361779, -0.00407205], [1.9779985, -2.42859221, 0.45059371],
              [0.02590404, 0.78277177, -0.80867577]]  # fmt: skip
    return np.cbrt(np.clip(linear @ np.array(to_cones).T, 0, None)) @ np.array(to_lab).T


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("palette", [PALETTE, CLUSTERS])
@pytest.mark.parametrize(("first", "least"), [(6, 0.07), (10, 0.07), (20, 0.04)])
def test_colors_differ_for_every_kind_of_sight(
    sight: str, palette: tuple[str, ...], first: int, least: float
) -> None:
    colors = _oklab(np.array([_linear(one) for one in palette[:first]]) @ SIGHTS[sight].T)
    distances = np.linalg.norm(colors[:, None] - colors[None], axis=-1)
    assert distances[~np.eye(first, dtype=bool)].min() >= least


def test_colors_stand_out_from_white_and_from_the_dark_page() -> None:
    assert not set(PALETTE) & set(CLUSTERS)
    for color in (*PALETTE, *CLUSTERS):
        light = float(_linear(color) @ [0.2126, 0.7152, 0.0722])
        assert 1.05 / (light + 0.05) >= 1.8
        assert (light + 0.05) / (0.008 + 0.05) >= 2


def test_text_is_made_safe_to_draw() -> None:
    assert one_line("a\ud800b\u2028c") == "a b c"
    assert clean("$5") == r"\$5"
    assert short("word " * 50, 10) == "word word…"
    assert short("\x00") == "(no name)"
    assert len(short("x" * 10**7, 20)) == 20


@pytest.mark.parametrize("n", range(1, 30))
@pytest.mark.parametrize("most", [1, 3, 8])
def test_columns_fit_and_waste_no_row(n: int, most: int) -> None:
    columns = balanced(n, most)
    assert 1 <= columns <= most
    assert -(-n // columns) == -(-n // most)
