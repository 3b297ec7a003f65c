"""Arrays whose axes mean something else than they seem to."""

import numpy as np
import pytest

from latens.data import as_array, load
from latens.exceptions import DataError

R = np.random.default_rng(37)


def save(folder, X, name="x.npy"):
    np.save(folder / name, X)
    return folder / name


def test_images_of_matlab_with_their_number_behind_are_pointed_out(tmp_path, said) -> None:
    X = R.integers(0, 256, (32, 32, 3, 200)).astype(np.uint8)  # Street View House Numbers
    with pytest.raises(DataError, match=r"moveaxis|transpose"):
        load(save(tmp_path, X))


def test_grey_images_with_their_number_behind_are_pointed_out(tmp_path, said) -> None:
    found = load(save(tmp_path, R.integers(0, 256, (28, 28, 500)).astype(np.uint8)))
    assert said(found, "28", "500", "np.moveaxis(X, -1, 0)")


def test_few_wide_images_are_images(tmp_path, said) -> None:
    found = load(save(tmp_path, R.integers(0, 256, (30, 20, 64)).astype(np.uint8)))
    assert found.X.shape == (30, 20, 64)
    assert not said(found, "moveaxis")


@pytest.mark.parametrize("shape", [(6, 5, 16, 16, 3), (4, 3, 2, 8, 8, 8)])
def test_films_and_volumes_are_refused_with_the_way_out(tmp_path, shape) -> None:
    with pytest.raises(DataError, match=r"Expected a table .*reshape"):
        load(save(tmp_path, R.random(shape)))


def test_satellite_bands_are_refused_and_can_be_a_table(tmp_path) -> None:
    X = R.integers(0, 256, (20, 16, 16, 13)).astype(np.uint8)
    with pytest.raises(DataError, match=r"13 channels.*--as table"):
        load(save(tmp_path, X))
    assert load(tmp_path / "x.npy", layout="table").X.shape == (20, 16 * 16 * 13)


def test_electrodes_of_one_scale_are_read_and_the_axes_said(tmp_path) -> None:
    X = R.normal(0, 40, (50, 8, 128)).astype(np.float32)
    found = load(save(tmp_path, X))
    np.testing.assert_array_equal(found.X, X)
    assert "50 samples of 8x128" in found.read_as


@pytest.mark.parametrize(
    ("X", "words"),
    [
        (R.normal(size=(20, 3)) + 1j, "complex"),
        (np.arange("2024-01-01", "2024-01-21", dtype="M8[D]"), "datetime|dates"),
        (np.arange(20).astype("m8[s]").reshape(10, 2), "timedelta"),
    ],
    ids=["complex", "dates", "durations"],
)
def test_numbers_that_are_none_are_refused(tmp_path, X, words) -> None:
    with pytest.raises(DataError, match=words):
        load(save(tmp_path, X))


def test_masked_values_are_refused_with_the_way_out() -> None:
    X = np.ma.masked_equal(R.integers(0, 5, (20, 3)), 2)
    with pytest.raises(DataError, match=r"masked values.*X\.filled"):
        as_array(X)


def test_a_mask_that_hides_nothing_changes_nothing() -> None:
    X = np.ma.masked_array(np.arange(6, dtype=np.uint8).reshape(2, 3))
    found = as_array(X)
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found, X.data)


@pytest.mark.parametrize("shapes", [((8, 8), (8, 9)), ((8, 8), (8, 8, 3))])
def test_images_of_several_sizes_in_a_list_are_refused_in_one_line(shapes) -> None:
    with pytest.raises(ValueError, match="differ in length or shape") as caught:
        as_array([np.zeros(shape) for shape in shapes])
    assert "inhomogeneous" not in str(caught.value)


def test_a_pair_of_samples_and_labels_is_no_array() -> None:
    with pytest.raises(ValueError, match=r"pair|X and y|shape"):
        as_array((np.zeros((20, 3)), np.zeros(20)))


def test_digits_of_pjreddie_have_their_label_first(read, said) -> None:
    pixels = R.integers(0, 256, (40, 100)) * (R.random((40, 100)) < 0.2)
    labels = R.integers(0, 10, 40)
    rows = "".join(
        f"{label}," + ",".join(map(str, row)) + "\n"
        for label, row in zip(labels, pixels, strict=True)
    )
    found = read(rows, "mnist_train.csv")
    assert said(found, "'column 0'", "--label-column", "10x10")
    again = read(rows, "mnist_train.csv", label_column="column 0", layout="images")
    np.testing.assert_array_equal(again.X, pixels.reshape(40, 10, 10))
    np.testing.assert_array_equal(np.array(again.names)[again.y].astype(int), labels)


def test_two_arrays_that_numpy_saved_without_names_are_refused(tmp_path) -> None:
    X, y = R.random((30, 5)), np.arange(30) % 3
    np.savez(tmp_path / "x.npz", X, y)
    with pytest.raises(DataError, match=r"Expected one called X.* Got: arr_0, arr_1"):
        load(tmp_path / "x.npz")


def test_parts_called_data_and_labels_in_npz(tmp_path) -> None:
    X = R.integers(0, 256, (30, 8, 8)).astype(np.uint8)
    np.savez(
        tmp_path / "x.npz",
        train_data=X[:20],
        train_labels=np.arange(20) % 2,
        test_data=X[20:],
        test_labels=np.arange(10) % 2,
    )
    np.testing.assert_array_equal(load(tmp_path / "x.npz").X, X[:20])
    assert load(tmp_path / "x.npz", "test").y.tolist() == [0, 1] * 5


def test_pillow_images_in_a_list_are_images() -> None:
    from PIL import Image

    pixels = R.integers(0, 256, (4, 8, 8)).astype(np.uint8)
    np.testing.assert_array_equal(as_array([Image.fromarray(one) for one in pixels]), pixels)
