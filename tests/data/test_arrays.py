"""Everything that users pass for an array."""

import subprocess
import sys
from pathlib import Path

import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import torch
from PIL import Image
from scipy import sparse

from latens.data import Dataset, as_array
from latens.exceptions import DataError

TABLE = np.arange(6.0).reshape(3, 2)
COLUMNS = {"a": [0.0, 2.0, 4.0], "b": [1.0, 3.0, 5.0]}


class OffersAnArray:
    """Something foreign with NumPy's protocol, as other array libraries have."""

    def __array__(self, dtype: object = None, copy: bool | None = None) -> np.ndarray:
        return TABLE.astype(dtype or TABLE.dtype)


@pytest.mark.parametrize(
    "X",
    [
        TABLE,
        TABLE.tolist(),
        tuple(map(tuple, TABLE)),
        list(TABLE),
        [torch.tensor(row) for row in TABLE],
        torch.tensor(TABLE),
        torch.tensor(TABLE, requires_grad=True),
        torch.tensor(TABLE.T.copy()).T,
        torch.tensor(TABLE).to_sparse(),
        pd.DataFrame(COLUMNS),
        pl.DataFrame(COLUMNS),
        pa.table(COLUMNS),
        nw.from_native(pl.DataFrame(COLUMNS)),
        sparse.csr_array(TABLE),
        sparse.coo_matrix(TABLE),
        np.asarray(TABLE).view(np.matrix),  # without its warning
        np.ma.MaskedArray(TABLE),
        OffersAnArray(),
        memoryview(TABLE),
        range(3),
    ],
    ids=lambda X: type(X).__module__.partition(".")[0] + "." + type(X).__name__,
)
def test_every_container_gives_the_same_plain_array(X: object) -> None:
    array = as_array(X)
    assert type(array) is np.ndarray
    np.testing.assert_array_equal(array, np.arange(3) if isinstance(X, range) else TABLE)


def test_memory_is_shared_where_it_can_be(tmp_path: Path) -> None:
    assert as_array(TABLE) is TABLE
    tensor = torch.tensor(TABLE)
    assert as_array(tensor).__array_interface__["data"][0] == tensor.data_ptr()
    frame = pd.DataFrame(TABLE)
    assert np.shares_memory(as_array(frame), frame.to_numpy())
    np.save(tmp_path / "x.npy", TABLE)
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    assert as_array(mapped) is mapped


@pytest.mark.parametrize("dtype", ["uint8", "float16", "float32", "int64", "bool"])
def test_types_are_kept(dtype: str) -> None:
    X = np.ones((2, 3), dtype=dtype)
    assert as_array(X).dtype == dtype
    assert as_array(torch.from_numpy(X)).dtype == dtype
    assert as_array(pd.DataFrame(X)).dtype == dtype
    assert as_array(pl.DataFrame(X)).dtype == dtype


def test_half_precision_that_numpy_lacks_becomes_single() -> None:
    array = as_array(torch.tensor([[1.5, 2.5]], dtype=torch.bfloat16))
    assert array.dtype == np.float32
    assert array.tolist() == [[1.5, 2.5]]


def test_images_keep_their_shape() -> None:
    X = np.zeros((2, 4, 5, 3), dtype=np.uint8)
    assert as_array(torch.from_numpy(X)).shape == X.shape
    assert as_array(list(X)).shape == X.shape
    assert as_array([Image.fromarray(x) for x in X]).shape == X.shape


@pytest.mark.parametrize("library", [pd.DataFrame, pl.DataFrame, pa.table])
def test_booleans_beside_numbers_are_numbers(library) -> None:
    array = as_array(library({"a": [1.5, 2.5], "b": [True, False]}))
    assert array.dtype == np.float64
    assert array.tolist() == [[1.5, 1], [2.5, 0]]


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"a": pd.array([1, None], dtype="Int64"), "b": [1.5, 2.5]}),
        pl.DataFrame({"a": [1, None], "b": [1.5, 2.5]}),
        pa.table({"a": [1, None], "b": [1.5, 2.5]}),
    ],
)
def test_missing_numbers_become_nan_for_the_estimator_to_refuse(frame: object) -> None:
    np.testing.assert_array_equal(as_array(frame), [[1, 1.5], [np.nan, 2.5]])


@pytest.mark.parametrize("library", [pd.DataFrame, pl.DataFrame, pa.table])
def test_columns_that_are_no_numbers_are_named(library) -> None:
    with pytest.raises(DataError, match=r"not numbers: 'name' \(String\). Encode or drop them"):
        as_array(library({"a": [1.0, 2.0], "name": ["x", "y"]}))


def test_decimals_are_numbers() -> None:
    frame = pl.DataFrame({"a": ["1.5", "2.5"]}).cast(pl.Decimal(scale=2))
    assert as_array(frame).tolist() == [[1.5], [2.5]]


def test_a_series_is_one_dimensional() -> None:
    assert as_array(pd.Series([1.0, 2.0])).tolist() == [1, 2]
    assert as_array(pl.Series([1, 2])).tolist() == [1, 2]


def test_columns_may_be_numbered() -> None:
    np.testing.assert_array_equal(as_array(pd.DataFrame(TABLE)), TABLE)


@pytest.mark.parametrize(
    ("X", "message"),
    [
        ([[1, 2], [3]], "differ in length"),
        ([np.zeros(2), np.zeros(3)], "differ in length"),
        (None, "Got NoneType instead"),
        ("text", "Got str instead"),
        ({"a": [1]}, "Got dict instead"),
        ({1, 2}, "Got set instead"),
        (5, "Got int instead"),
        ((x for x in range(3)), "Got generator instead"),
        (pl.LazyFrame(COLUMNS), "Got LazyFrame instead"),
        (Dataset(TABLE), "Got Dataset instead"),
        (np.ma.masked_greater(TABLE, 3), "2 masked values"),
        (pd.DataFrame(TABLE, columns=["a", "a"]), "same name"),
        (
            sparse.coo_array(([1.0], ([0], [0])), shape=(10**6, 10**6)),
            r"dense, would take 7\.3 TiB",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_what_is_no_array_is_refused_in_one_line(X: object, message: str) -> None:
    with pytest.raises(DataError, match=message) as caught:
        as_array(X)
    assert "\n" not in str(caught.value)


def test_arrays_need_neither_torch_nor_pandas() -> None:
    code = (
        "import sys; from latens.data import as_array; as_array([[1, 2]]);"
        "as_array(__import__('numpy').eye(2));"
        "heavy = {'torch', 'pandas', 'sklearn', 'PIL', 'scipy', 'matplotlib', 'rich', 'urllib.request'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def _broken(matrix: object, part: str) -> object:
    getattr(matrix, part)[1] = 10**7
    return matrix


@pytest.mark.parametrize(
    ("kind", "part"),
    [
        (sparse.csr_array, "indices"),
        (sparse.csr_matrix, "indptr"),
        (sparse.csc_array, "indices"),
        (sparse.coo_array, "row"),
        (sparse.coo_matrix, "col"),
        (sparse.bsr_array, "indices"),
        (sparse.bsr_matrix, "indptr"),
    ],
)
def test_a_sparse_matrix_with_an_index_outside_its_shape_is_refused(kind: type, part: str) -> None:
    with pytest.raises(
        DataError, match=r"^The sparse X is damaged: '(indices|indptr|row|col)' must"
    ):
        as_array(_broken(kind(np.eye(4)), part))


def test_lists_of_rows_with_an_index_outside_are_refused() -> None:
    matrix = sparse.lil_array(np.eye(3))
    matrix.rows[0][0] = 10**7
    with pytest.raises(DataError, match="The sparse X is damaged"):
        as_array(matrix)


@pytest.mark.filterwarnings("ignore:Sparse CSR tensor support")
def test_a_sparse_tensor_with_an_index_outside_its_shape_is_refused() -> None:
    places = torch.tensor([[0, 10**7], [0, 1]])
    by_rows = torch.tensor([0, 1, 2]), torch.tensor([0, 10**7])
    for tensor in (
        torch.sparse_coo_tensor(places, torch.ones(2), (3, 3), check_invariants=False),
        torch.sparse_csr_tensor(*by_rows, torch.ones(2), (2, 3), check_invariants=False),
    ):
        with pytest.raises(DataError, match="The sparse tensor X is damaged"):
            as_array(tensor)


@pytest.mark.parametrize("form", ["csr", "csc", "bsr", "coo", "dia", "lil", "dok"])
def test_every_sparse_format_is_made_dense(form: str) -> None:
    np.testing.assert_array_equal(as_array(sparse.csr_array(TABLE).asformat(form)), TABLE)


def test_indexes_and_recommenders_look_at_every_index_too() -> None:
    from latens.applications import SimilarityIndex
    from latens.applications.recommend import EASE

    for use in (SimilarityIndex().add, EASE().fit):
        with pytest.raises(DataError, match=r"^The sparse X is damaged: 'indices' must"):
            use(_broken(sparse.csr_array(np.eye(8)), "indices"))
