"""The figures of a data set, against plain NumPy."""

import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from latens.data import Dataset, load, summarize


@given(
    hnp.arrays(
        np.int8, st.tuples(st.integers(2, 12), st.integers(1, 3)), elements=st.integers(0, 2)
    )
)
def test_figures_agree_with_numpy(X: np.ndarray) -> None:
    summary = summarize(Dataset(X))
    assert summary.n_duplicates == len(X) - len(np.unique(X, axis=0))
    assert (summary.minimum, summary.maximum) == (X.min(), X.max())
    constant = np.flatnonzero(np.ptp(X, axis=0) == 0)
    assert summary.constant == tuple(f"column {place}" for place in constant)
    assert (summary.n_samples, summary.sample_shape) == (len(X), X.shape[1:])
    assert summary.nbytes == X.nbytes


def test_missing_values_are_counted_and_their_columns_named() -> None:
    X = np.array([[1.0, np.nan, 5.0], [2.0, np.inf, 5.0], [3.0, np.nan, 5.0]])
    summary = summarize(Dataset(X, feature_names=("a", "b", "c")))
    assert (summary.n_missing, summary.missing, summary.constant) == (3, ("b",), ("c",))
    assert (summary.minimum, summary.maximum) == (1, 5)


def test_nothing_but_missing_values() -> None:
    summary = summarize(Dataset(np.full((2, 2), np.nan)))
    assert np.isnan(summary.minimum)
    assert summary.n_missing == 4


def test_classes_are_counted_even_if_empty() -> None:
    dataset = Dataset(np.eye(3), np.array([0, 2, 2]), ("ant", "bee", "cat"))
    assert summarize(dataset).classes == (("ant", 1), ("bee", 0), ("cat", 2))
    assert summarize(Dataset(np.eye(3))).classes is None


def test_images_name_their_pixels() -> None:
    X = np.random.default_rng(0).integers(1, 255, (9, 2, 2), dtype=np.uint8)
    X[:, 1, 0] = 0
    assert summarize(Dataset(X)).constant == ("pixel (1, 0)",)


def test_large_integers_keep_their_range() -> None:
    X = np.array([[0, 200], [255, 100]], dtype=np.uint8)
    assert (summarize(Dataset(X)).minimum, summarize(Dataset(X)).maximum) == (0, 255)


def test_a_memory_map_is_measured_like_an_array(tmp_path: Path) -> None:
    X = np.random.default_rng(0).normal(size=(50, 4)).astype(np.float32)
    X[7] = X[3]
    np.save(tmp_path / "x.npy", X)
    mapped = summarize(load(tmp_path / "x.npy"))
    assert mapped.fingerprint == summarize(Dataset(X)).fingerprint
    assert mapped.n_duplicates == 1


def test_the_known_set() -> None:
    summary = summarize(load("digits"))
    assert (summary.minimum, summary.maximum, summary.n_duplicates) == (0, 16, 0)
    assert summary.constant == ("pixel (0, 0)", "pixel (4, 0)", "pixel (4, 7)")
    assert dict(summary.classes)["8"] == 174


@pytest.mark.parametrize("width", [1, 2, 3, 4, 5, 8, 9, 63, 64, 65, 200])
@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.float64])
def test_repeats_are_counted_in_rows_of_any_width(width: int, dtype: type) -> None:
    rng = np.random.default_rng(width)
    X = rng.integers(0, 3, (300, width)).astype(dtype)
    X[100:200] = X[:100][::-1]
    assert summarize(Dataset(X)).n_duplicates == 300 - len(np.unique(X, axis=0))


def test_very_many_equal_rows_are_counted_in_seconds() -> None:
    X = np.zeros((4 * 10**6, 2), dtype=np.uint8)
    X[::2] = 1
    start = time.process_time()
    assert summarize(Dataset(X)).n_duplicates == len(X) - 2
    assert time.process_time() - start < 4
