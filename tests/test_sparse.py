"""Sparse matrices from parts that may be damaged."""

import numpy as np
import pytest
from scipy import sparse

from latens._sparse import checked_sparse

FORMATS = ("csr", "csc", "bsr", "coo", "dia")
DENSE = np.ceil(
    9 * sparse.random_array((6, 4), density=0.4, rng=np.random.default_rng(0)).toarray()
)


def parts_of(matrix):
    names = {
        "csr": ("indices", "indptr"),
        "csc": ("indices", "indptr"),
        "bsr": ("indices", "indptr"),
        "coo": ("row", "col"),
        "dia": ("offsets",),
    }
    return {name: getattr(matrix, name).copy() for name in ("data", *names[matrix.format])}


def matrix_of(format):
    matrix = sparse.csr_array(DENSE)
    return matrix.tobsr((3, 2)) if format == "bsr" else matrix.asformat(format)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("dtype", ["float64", ">f4", "uint8", "bool"])
def test_what_scipy_wrote_comes_back(format, dtype):
    parts = parts_of(matrix_of(format))
    parts["data"] = parts["data"].astype(dtype)
    found = checked_sparse(format, parts, DENSE.shape)
    assert found.format == format
    np.testing.assert_array_equal(found.toarray(), DENSE.astype(dtype))


@pytest.mark.parametrize("format", FORMATS)
def test_a_matrix_without_entries_or_rows_comes_back(format):
    for shape in ((3, 2), (0, 2), (3, 0)):
        if format == "bsr" and 0 in shape:
            continue
        parts = parts_of(sparse.coo_array(shape).asformat(format))
        np.testing.assert_array_equal(
            checked_sparse(format, parts, shape).toarray(), np.zeros(shape)
        )


def test_coordinates_may_come_as_one_array():
    matrix = matrix_of("coo")
    parts = {"data": matrix.data, "coords": np.stack(matrix.coords)}
    np.testing.assert_array_equal(checked_sparse("coo", parts, DENSE.shape).toarray(), DENSE)


@pytest.mark.parametrize("format", FORMATS)
def test_no_number_of_any_part_leads_out_of_the_matrix(format):
    """Each index in turn gets each wrong value: refused, or a matrix of the right shape."""
    whole = parts_of(matrix_of(format))
    refused = 0
    for name in whole.keys() - {"data"}:
        for place in range(len(whole[name])):
            for wrong in (-1, -(2**63), 2**31, 2**63 - 1, 2**40, 5, 7, 10**6):
                parts = whole | {name: whole[name].astype(np.int64)}
                parts[name][place] = wrong
                try:
                    found = checked_sparse(format, parts, DENSE.shape)
                except ValueError:
                    refused += 1
                else:
                    assert found.toarray().shape == DENSE.shape
    assert format == "dia" or refused > 40


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    "change",
    [
        lambda part: part[:-1],
        lambda part: np.append(part, part[-1:], axis=0),
        lambda part: part[None],
        lambda part: part.astype(str),
        lambda part: part.astype(object),
        lambda part: part.astype(np.float16),
        lambda part: np.array(0),
    ],
)
def test_parts_of_other_lengths_and_types_are_refused(format, change):
    whole = parts_of(matrix_of(format))
    for name in whole:
        with pytest.raises(ValueError, match=r"must|missing|fill"):
            checked_sparse(format, whole | {name: change(whole[name])}, DENSE.shape)
        with pytest.raises(ValueError, match="missing"):
            checked_sparse(format, {k: v for k, v in whole.items() if k != name}, DENSE.shape)


@pytest.mark.parametrize("format", ["csr", "csc", "bsr"])
def test_pointers_that_do_not_grow_are_refused(format):
    parts = parts_of(matrix_of(format))
    parts["indptr"] = parts["indptr"][::-1].copy()
    with pytest.raises(ValueError, match="must grow from 0"):
        checked_sparse(format, parts, DENSE.shape)


def test_other_formats_and_shapes_are_refused():
    parts = parts_of(matrix_of("csr"))
    for format in ("lil", "__class__", "", 3, None):
        with pytest.raises(ValueError, match="no sparse format"):
            checked_sparse(format, parts, DENSE.shape)
    for shape in ((6,), (6, 4, 1), (-6, 4), (6, 2**63)):
        with pytest.raises(ValueError, match="rows and columns"):
            checked_sparse("csr", parts, shape)
    parts["indices"] = np.array([2**64 - 1] * len(parts["data"]), dtype=np.uint64)
    with pytest.raises(ValueError, match="below 2"):
        checked_sparse("csr", parts, DENSE.shape)
