"""What arrays are taken for: each rule, and a neighbor of it that must not be taken for the same."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from latens.data import load
from latens.data.layouts import arranged, given_back, guess_layout, standard_layout
from latens.exceptions import DataError, ParameterError

RNG = np.random.default_rng(0)


def series(n: int = 60, n_steps: int = 20, sizes: tuple[float, ...] = (1.0, 500.0)) -> np.ndarray:
    """Sines of channels with units of their own, (n, time, channels)."""
    phase = RNG.uniform(0, 6, (n, 1, len(sizes)))
    return np.sin(np.arange(n_steps)[:, None] / 3 + phase) * sizes


@pytest.mark.parametrize("n_channels", [1, 3, 4])
def test_channels_that_come_first_are_told(n_channels: int) -> None:
    X = RNG.random((5, n_channels, 10, 8))
    guess = guess_layout(X)
    assert guess.layout == "channels-first"
    assert f"Channels came first {X.shape}" in guess.why
    np.testing.assert_array_equal(arranged(X, guess.layout)[..., 0], X[:, 0])


@pytest.mark.parametrize("shape", [(5, 10, 8, 3), (5, 3, 8, 3), (5, 2, 8, 8), (5, 8, 8, 16)])
def test_other_shapes_of_four_axes_are_taken_as_they_come(shape: tuple[int, ...]) -> None:
    guess = guess_layout(np.zeros(shape))
    assert (guess.layout, guess.why) == ("images", "")


@pytest.mark.parametrize("sizes", [(1.0, 500.0), (0.01, 1.0, 1.0, 5.0, 3.0, 7.0), (1e-9, 1e-3)])
def test_channels_of_other_sizes_make_series(sizes: tuple[float, ...]) -> None:
    X = series(sizes=sizes)
    guess = guess_layout(X)
    assert guess.layout == "series"
    assert f"{len(sizes)} channels" in guess.why
    first = guess_layout(np.moveaxis(X, 2, 1))
    assert first.layout == "channels-first"
    assert standard_layout(first.layout, X.ndim) == "series"


def test_series_of_counts_are_series() -> None:
    X = np.stack([RNG.poisson(0.5, (50, 30)), RNG.poisson(150, (50, 30))], axis=2)
    assert guess_layout(X.astype(np.float64)).layout == "series"


@pytest.mark.parametrize(
    "X",
    [
        series(sizes=(1.0, 5.0)),
        series(sizes=tuple(np.geomspace(1, 100, 17))),  # more channels than are told
        load_digits().images,
        load_digits().images / 16,
        load_digits().images - 8,
        (load_digits().images - 5) / 6,
        load_digits().images[:, :, :6],  # whose first column is nearly empty
        np.round(series(sizes=(1.0, 100.0))).astype(np.uint8),
        np.concatenate([series(sizes=(1.0,)), np.zeros((60, 20, 1))], axis=2),  # a constant one
        np.zeros((4, 8, 2)),
    ],
)
def test_small_pictures_and_like_channels_keep_one_range(X: np.ndarray) -> None:
    guess = guess_layout(X)
    assert (guess.layout, guess.why) == ("images", "")


def test_one_image_in_color_is_no_set_of_samples() -> None:
    with pytest.raises(DataError, match=r"\(32, 48, 3\) is one image in color.*X\[None\]"):
        guess_layout(np.zeros((32, 48, 3), dtype=np.uint8))
    assert guess_layout(np.zeros((32, 48, 5), dtype=np.uint8)).layout == "images"
    assert guess_layout(np.zeros((1, 32, 48, 3), dtype=np.uint8)).layout == "images"


@pytest.mark.parametrize(
    "X",
    [
        RNG.random((32, 48, 3)),
        RNG.integers(0, 256, (32, 48, 3)),
        RNG.integers(0, 256, (32, 48, 4)) + 0.0,
    ],
)
def test_what_may_be_one_image_in_color_is_said(X: np.ndarray) -> None:
    guess = guess_layout(X)
    assert guess.layout == "images"
    assert f"taken for 32 samples of 48 x {X.shape[2]}" in guess.why
    assert "X[None]" in guess.way_out


@pytest.mark.parametrize(
    "X", [RNG.normal(size=(32, 48, 3)), RNG.random((32, 48, 2)), RNG.random((5, 48, 3))]
)
def test_other_series_are_said_nothing_of(X: np.ndarray) -> None:
    assert guess_layout(X).why == ""


@pytest.mark.parametrize(
    ("layout", "shape", "expected"),
    [
        ("images", (5, 8, 6), (8, 6)),
        ("images", (5, 3, 8, 6), (3, 8, 6)),
        ("channels-first", (5, 3, 8, 6), (8, 6, 3)),
        ("channels-first", (5, 2, 9), (9, 2)),
        ("series", (5, 9, 2), (9, 2)),
        ("table", (5, 9, 2), (18,)),
        ("table", (5, 3, 8, 6), (144,)),
    ],
)
def test_what_is_arranged_is_given_back(layout, shape, expected) -> None:
    X = RNG.random(shape)
    samples = arranged(X, layout)
    assert samples.shape[1:] == expected
    np.testing.assert_array_equal(given_back(samples, layout, shape[1:]), X)


@pytest.mark.parametrize(
    ("layout", "shape"), [("series", (5, 6)), ("series", (5, 3, 8, 8)), ("images", (5, 6))]
)
def test_axes_that_are_not_there_are_refused(layout, shape) -> None:
    with pytest.raises(DataError, match="shape"):
        arranged(np.zeros(shape), layout)


class TestLoad:
    def test_series_are_said_and_can_be_overruled(self, tmp_path) -> None:
        np.save(tmp_path / "s.npy", series())
        told = load(tmp_path / "s.npy")
        assert told.layout == "series"
        assert len(told.notes) == 1
        assert "-fold" in told.notes[0]
        assert "--as images" in told.notes[0]
        assert "60 series of 20 steps and 2 channels" in told.read_as
        as_images = load(tmp_path / "s.npy", layout="images")
        assert (as_images.layout, as_images.notes) == ("images", ())
        assert load(tmp_path / "s.npy", layout="table").X.shape == (60, 40)

    def test_series_of_one_size_can_be_asked_for(self, tmp_path) -> None:
        np.save(tmp_path / "s.npy", series(sizes=(1.0, 2.0)))
        assert load(tmp_path / "s.npy").layout == "images"
        assert load(tmp_path / "s.npy", layout="series").layout == "series"

    def test_channels_of_an_array_can_be_said_to_come_first(self, tmp_path) -> None:
        X = RNG.random((6, 3, 8, 3))
        np.save(tmp_path / "x.npy", X)
        np.testing.assert_array_equal(load(tmp_path / "x.npy").X, X)
        moved = load(tmp_path / "x.npy", layout="channels-first")
        np.testing.assert_array_equal(moved.X, np.moveaxis(X, 1, -1))
        assert moved.notes == ()

    def test_four_channels_are_refused_whichever_axis_they_lie_on(self, tmp_path) -> None:
        for shape, kept in (((6, 4, 8, 8), r"X\[:, :3\]"), ((6, 8, 8, 4), r"X\[\.\.\., :3\]")):
            np.save(tmp_path / "x.npy", np.zeros(shape))
            with pytest.raises(DataError, match=f"4 channels.*{kept}.*--as table"):
                load(tmp_path / "x.npy")
        assert load(tmp_path / "x.npy", layout="table").X.shape == (6, 256)

    def test_a_layout_that_there_is_not_is_refused(self, tmp_path) -> None:
        np.save(tmp_path / "x.npy", np.zeros((4, 3)))
        with pytest.raises(ParameterError, match="'layout' parameter of load must be one of"):
            load(tmp_path / "x.npy", layout="video")
