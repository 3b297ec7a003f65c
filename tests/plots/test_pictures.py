"""What holds for every picture: legible, closed in itself, and the same each time."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pytest

from latens import plots
from latens.exceptions import DataError
from latens.metrics import merged_classes
from latens.plots import Picture
from latens.training import Epoch, History

NAMES = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Ankle boot"]
HOSTILE = ["<b>&</b>", "$x^{", "a" * 500, "two\nlines\x00", "_hidden"]


def _history(scale: float) -> History:
    losses = [scale * (0.02 + float(np.exp(-n / 3))) for n in range(12)]
    return History(
        [
            Epoch(
                number,
                seconds=1.0,
                learning_rate=0.1,
                loss=loss,
                validation_loss=1.2 * loss,
                terms={},
                errors={"mean_squared_error": loss / 9, "mean_absolute_error": loss / 3},
            )
            for number, loss in enumerate(losses, start=1)
        ]
    )


def _draw(names: list[str]) -> dict[str, Callable[[], Picture]]:
    generator = np.random.default_rng(0)
    y, clusters = generator.integers(0, 5, 200), generator.integers(0, 7, 200)
    points = generator.normal(size=(200, 2)) + 3 * y[:, None]
    images = generator.uniform(0, 1, (6, 8, 8))
    groups = ["best"] * 2 + ["middle"] * 2 + ["worst"] * 2
    rows = generator.normal(size=(6, 9))
    clouds = {names[0]: points, names[1]: -points}
    color = np.stack([images, images / 2, 1 - images], axis=-1)
    scores = {name: [0.1 * at, 0.1 * at + 0.02] for at, name in enumerate(names)}
    histories = {names[0]: {"0": _history(1)}, names[1]: {"0": _history(5)}}
    merged = merged_classes(points, y, clusters, n_pairs=2)
    walks = np.stack([images] * 5)
    values = generator.uniform(-0.3, 0.8, 200)
    everything = generator.uniform(0, 1, (200, 8, 8))
    errors = generator.gamma(2, size=200)
    return {
        "loss_curves": lambda: plots.loss_curves(histories),
        "silhouettes": lambda: plots.silhouettes([2, 3, 4], [0.1, 0.3, 0.2], chosen=3),
        "comparison": lambda: plots.comparison(scores, label="ARI"),
        "code_histograms": lambda: plots.code_histograms(rows),
        "prior": lambda: plots.code_histograms(rows, prior=True),
        "filters": lambda: plots.filters(images - 0.5),
        "kernels": lambda: plots.filters(generator.normal(size=(16, 3, 3, 16))),
        "patches": lambda: plots.patches(np.stack([images] * 5), limits=(0, 1)),
        "generated": lambda: plots.generated(
            {names[0]: images, names[1]: images / 2}, limits=(0, 1), columns=6
        ),
        "maps": lambda: plots.maps(clouds, y, names=names, title="label"),
        "shares": lambda: plots.cluster_label_shares(y, clusters, names=names),
        "counts": lambda: plots.cluster_label_counts(y, clusters, names=names),
        "table": lambda: plots.cluster_label_table(y, clusters, names=names),
        "anomalies": lambda: plots.anomalies(errors, [3, 1, 2, 0], images[:4], images[1:5]),
        "errors": lambda: plots.anomalies(errors, [3, 1, 2, 0], unit=names[0]),
        "variance": lambda: plots.explained_variance(
            [0.5, 0.2, 0.1], {name: (at + 1, 0.2 * at) for at, name in enumerate(names)}
        ),
        "profiles": lambda: plots.silhouette_profiles(values, clusters),
        "medoids": lambda: plots.medoids(points, clusters, everything, limits=(0, 1)),
        "merges": lambda: plots.merges(merged, everything, limits=(0, 1), names=names),
        "neighbors": lambda: plots.neighbors(
            dict.fromkeys(names, walks), limits=(0, 1), titles=names
        ),
        "traversals": lambda: plots.traversals(walks, limits=(0, 1)),
        "interpolations": lambda: plots.interpolations(walks, limits=(0, 1)),
        "images": lambda: plots.reconstructions(images, {names[0]: images / 2}, groups=groups),
        "colour": lambda: plots.reconstructions(color, {names[0]: color}),
        "each": lambda: plots.reconstructions(
            np.concatenate([images, images[:4]]),
            {names[0]: np.concatenate([images, images[:4]])},
            groups=[*names, *(f"class {at}" for at in range(5))],
        ),
        "frequencies": lambda: plots.class_frequencies(
            {"train": y, "held-out": y[:50]}, names=names
        ),
        "class_samples": lambda: plots.class_samples(everything, y, limits=(0, 1), names=names),
        "error_curves": lambda: plots.error_curves(histories),
        "code_tiles": lambda: plots.code_tiles(
            everything[:9], generator.normal(size=(9, 16)), limits=(0, 1)
        ),
        "rows": lambda: plots.reconstructions(rows, {names[0]: rows / 2}, groups=groups),
    }


KINDS = tuple(_draw(NAMES))


@pytest.mark.parametrize("kind", KINDS)
def test_texts_do_not_overlap_and_stay_on_the_page(kind: str, look: Any) -> None:
    picture = _draw(NAMES)[kind]()
    assert look.overlaps(picture) == []
    assert look.outside(picture) == []


@pytest.mark.parametrize("kind", KINDS)
def test_no_panel_is_empty(kind: str) -> None:
    picture = _draw(NAMES)[kind]()
    assert picture.figure.axes
    assert all(axes.has_data() for axes in picture.figure.axes)
    assert len(picture.frame) > 0


@pytest.mark.parametrize("kind", KINDS)
def test_any_name_can_be_drawn(kind: str) -> None:
    svg = _draw(HOSTILE)[kind]().svg()
    root = ElementTree.fromstring(svg)
    assert root.tag.endswith("svg")
    assert "\x00" not in svg
    assert "a" * 100 not in svg
    assert not [element for element in root.iter() if element.tag.endswith("}b")]


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_result_gives_the_same_bytes(kind: str) -> None:
    assert _draw(NAMES)[kind]().svg() == _draw(NAMES)[kind]().svg()


def test_the_users_settings_and_windows_are_left_alone() -> None:
    before = dict(matplotlib.rcParams)
    for draw in _draw(NAMES).values():
        draw().png(dpi=20)
    assert dict(matplotlib.rcParams) == before


def test_no_picture_touches_pyplot() -> None:
    script = "import sys; from latens import plots; plots.silhouettes([2], [0.1], chosen=2).svg(); "
    script += "sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_a_picture_is_saved_as_its_ending_says(tmp_path: Any) -> None:
    picture = plots.silhouettes([2, 3], [0.1, 0.2], chosen=2)
    assert picture.save(tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert picture.save(tmp_path / "a.svg").read_text().startswith("<?xml")
    with pytest.raises(DataError, match=r"must end in \.svg or \.png"):
        picture.save(tmp_path / "a.gif")
