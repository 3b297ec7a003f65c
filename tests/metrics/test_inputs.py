import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array

from latens.exceptions import DataError
from latens.metrics.inputs import as_flat_matrix, as_labels, as_matrix


@pytest.mark.parametrize(
    "Z",
    [
        [[1, 2], [3, 4]],
        np.array([[1, 2], [3, 4]], dtype=np.uint8),
        np.array([[1, 2], [3, 4]], dtype=np.float16),
        np.array([[1, 2], [3, 4]], dtype=object),
        pd.DataFrame({"a": [1, 3], "b": [2.0, 4.0]}),
    ],
)
def test_any_real_matrix_becomes_float64(Z):
    matrix = as_matrix(Z)
    assert matrix.dtype == np.float64
    assert matrix.tolist() == [[1, 2], [3, 4]]


def test_a_float64_matrix_is_not_copied():
    Z = np.ones((3, 2))
    assert as_matrix(Z) is Z


def test_huge_numbers_are_finite_numbers():
    assert as_matrix([[1e308, 1e308], [1e308, 1e308]]).max() == 1e308


@pytest.mark.parametrize(
    ("Z", "words"),
    [
        (np.zeros(3), r"Z\.reshape\(-1, 1\)"),
        (np.zeros((3, 2, 2)), r"Z\.reshape\(len\(Z\), -1\)"),
        (np.zeros((0, 2)), "at least one number per sample"),
        (np.zeros((2, 0)), "at least one number per sample"),
        (3.0, "at least one number|shape"),
        ([["a", "b"]], "real numbers"),
        ([[1, 2], [3]], "array of numbers"),
        (np.array([["a", 1]], dtype=object), "array of numbers"),
        ([[1j, 2]], "real numbers"),
        ([[0.0, 1.0], [np.nan, 0.0]], "Row 1 has NaN"),
        ([[0.0, -np.inf]], "Row 0 has NaN or infinity"),
        (csr_array(np.eye(2)), r"Z\.toarray\(\)"),
    ],
)
def test_what_is_no_matrix_of_finite_numbers_is_refused_in_one_line(Z, words):
    with pytest.raises(DataError, match=words) as caught:
        as_matrix(Z)
    assert "\n" not in str(caught.value)


def test_images_are_flattened_where_that_is_meant():
    images = np.arange(24).reshape(2, 3, 4)
    assert np.array_equal(as_flat_matrix(images), images.reshape(2, 12))


@pytest.mark.parametrize(
    "labels",
    [
        [7, -1, 7],
        ["b", "a", "b"],
        [True, False, True],
        np.array(["b", "a", "b"], dtype=object),
        pd.Series(["b", "a", "b"], dtype="category"),
        pd.Series(["b", "a", "b"]),
        np.array([2.0, 0.5, 2.0]),
    ],
)
def test_labels_of_any_kind_become_numbers(labels):
    encoded = as_labels(labels)
    assert encoded.codes.tolist() == [1, 0, 1]
    assert encoded.sizes.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        ([], "shape"),
        (1, "shape"),
        ([[0], [1]], "shape"),
        ([0, 1], "one label per sample, 3. Got 2"),
        ([0.0, np.nan, 1.0], "missing"),
        (["a", np.nan, "b"], "missing"),
        (["a", 1, "b"], "one kind"),
        (np.array(["a", None, "b"], dtype=object), "missing"),
        (np.array(["a", 1, "b"], dtype=object), "one kind"),
        (pd.Series(["a", pd.NA, "b"], dtype=object), "missing|one kind"),
        ([[0, 1], [2]], "list of labels"),
    ],
)
def test_what_is_no_labeling_is_refused_in_one_line(labels, words):
    with pytest.raises(DataError, match=words) as caught:
        as_labels(labels, 3)
    assert "\n" not in str(caught.value)
