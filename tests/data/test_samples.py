"""The standard shape, and what cannot be brought to it."""

from pathlib import Path

import numpy as np
import pytest

from latens.data.samples import check_samples
from latens.exceptions import DataError

WHERE = "The file 'x.npy'"


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((5, 7), (5, 7)),
        ((5, 1), (5, 1)),
        ((5, 8, 9), (5, 8, 9)),
        ((5, 8, 9, 3), (5, 8, 9, 3)),
        ((5, 8, 9, 1), (5, 8, 9)),
        ((5, 3, 8, 9), (5, 8, 9, 3)),
        ((5, 1, 8, 9), (5, 8, 9)),
        ((5, 3, 8, 3), (5, 3, 8, 3)),
        ((5, 1, 1, 1), (5, 1, 1)),
    ],
)
def test_shapes(shape: tuple[int, ...], expected: tuple[int, ...]) -> None:
    samples = check_samples(np.zeros(shape), WHERE)
    assert samples.X.shape == expected
    is_moved = len(shape) == 4 and shape[3] not in (1, 3)
    assert bool(samples.notes) == is_moved


def test_channels_are_moved_not_reshaped() -> None:
    X = np.random.default_rng(0).integers(0, 256, (4, 3, 5, 6), dtype=np.uint8)
    moved = check_samples(X, WHERE).X
    np.testing.assert_array_equal(moved[2, :, :, 1], X[2, 1])


def test_one_sample_is_enough_to_be_embedded() -> None:
    assert check_samples(np.zeros((1, 5)), WHERE).X.shape == (1, 5)


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (np.zeros(5), r"shape \(5,\). Expected a table"),
        (np.array(5.0), r"shape \(\)"),
        (np.zeros((2, 2, 2, 2, 2)), "Expected a table"),
        (np.zeros((0, 5)), "has no samples"),
        (np.zeros((5, 0)), "hold no values"),
        (np.zeros((5, 8, 8, 4)), "have 4 channels"),
        (np.zeros((5, 13, 8, 8)), "have 8 channels"),
        (np.array([["a"], ["b"]]), "type <U1"),
        (np.zeros((3, 3), dtype=complex), "type complex128"),
        (np.zeros((3, 3), dtype="datetime64[D]"), "type datetime64"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_line(X: np.ndarray, message: str) -> None:
    with pytest.raises(DataError, match=message) as caught:
        check_samples(X, WHERE)
    assert str(caught.value).startswith(WHERE)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_values_that_are_not_finite_are_found_wherever_they_are(bad: float, dtype: type) -> None:
    X = np.zeros((50, 4, 4), dtype=dtype)
    X[37, 2, 1] = bad
    X[40, 0, 0] = np.nan
    with pytest.raises(DataError, match=f"not finite: {bad} in sample 37"):
        check_samples(X, WHERE)


def test_bytes_are_not_copied_and_maps_stay_mapped(tmp_path: Path) -> None:
    X = np.zeros((5, 4, 4, 1), dtype=np.uint8)
    assert np.shares_memory(check_samples(X, WHERE).X, X)
    np.save(tmp_path / "x.npy", np.zeros((5, 3), dtype=np.float32))
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    assert isinstance(check_samples(mapped, WHERE).X, np.memmap)


def test_long_doubles_become_doubles() -> None:
    found = check_samples(np.full((3, 2), 0.1, dtype=np.longdouble), WHERE).X
    assert found.dtype == np.float64
    assert (found == 0.1).all()


def test_booleans_become_bytes_and_foreign_byte_orders_native() -> None:
    assert check_samples(np.eye(3, dtype=bool), WHERE).X.dtype == np.uint8
    X = check_samples(np.arange(6, dtype=">f4").reshape(2, 3), WHERE).X
    assert X.dtype == np.float32
    assert X.tolist() == [[0, 1, 2], [3, 4, 5]]
