"""Parquet files that are damaged, or far larger than they look."""

import datetime
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from latens.data import load, load_interactions
from latens.data.parquet_tables import read_parquet
from latens.exceptions import DataError

arrow = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")

Y = np.arange(100.0)


def write(folder: Path, columns: dict, **options: object) -> Path:
    parquet.write_table(arrow.table(columns), folder / "x.parquet", **options)
    return folder / "x.parquet"


@pytest.mark.parametrize(
    "metadata",
    [
        b"{",
        b"[]",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"index_columns": [5], "columns": []}',
        b'{"index_columns": ["zz"], "columns": [{"name": "a"}]}',
        json.dumps(
            {
                "index_columns": [],
                "columns": [],
                "column_indexes": [{"name": None, "pandas_type": "?", "numpy_type": "nonsense"}],
            }
        ).encode(),
    ],
    ids=["cut", "list", "bytes", "deep", "number", "name", "type"],
)
def test_damaged_metadata_of_pandas_are_one_line(tmp_path: Path, metadata: bytes) -> None:
    table = arrow.table({"a": [1.0, 2.0]}).replace_schema_metadata({b"pandas": metadata})
    parquet.write_table(table, tmp_path / "x.parquet")
    with pytest.raises(DataError, match="cannot be read as Parquet") as caught:
        load(tmp_path / "x.parquet")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500


def test_a_file_damaged_anywhere_is_a_table_or_one_line(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    path = write(tmp_path, {"a": Y, "k": ["x", "y"] * 50}, compression="gzip")
    whole = path.read_bytes()
    for _ in range(150):
        content = bytearray(whole)
        place = int(rng.integers(4, len(whole)))
        content[place] = int(rng.integers(256))
        path.write_bytes(content if rng.random() < 0.8 else content[:place])
        try:
            load(path)
        except DataError as error:
            said = str(error)
        else:
            said = ""
        assert "\n" not in said


FOOTERS = """
import sys
from pathlib import Path
from latens.data import load
from latens.exceptions import DataError
whole = Path(sys.argv[1]).read_bytes()
length = int.from_bytes(whole[-8:-4], "little")
for place in range(len(whole) - 8 - length, len(whole) - 8):
    for bit in (0, 4):
        content = bytearray(whole)
        content[place] ^= 1 << bit
        Path(sys.argv[1]).write_bytes(content)
        try:
            load(sys.argv[1])
        except DataError:
            pass
"""


def test_no_bit_of_the_footer_ends_the_process(tmp_path: Path) -> None:
    # Arrow raises where it reads such a file; pyarrow, asked for the facts of a column, calls abort.
    path = write(tmp_path, {"k": ["x", "y"] * 5}, store_schema=False)
    subprocess.run([sys.executable, "-c", FOOTERS, str(path)], check=True)


@pytest.mark.parametrize("encoding", [None, "DELTA_BYTE_ARRAY"])
def test_long_texts_in_few_bytes_are_not_spread_out(tmp_path: Path, encoding: str | None) -> None:
    # Spread out as text, a file of a few hundred bytes took gigabytes.
    texts = ["x" * 10_000 + (str(row) if encoding else "") for row in range(15_000)]
    options = {"use_dictionary": False, "column_encoding": {"a": encoding}} if encoding else {}
    path = write(tmp_path, {"a": texts, "b": np.arange(15_000) % 7}, compression="zstd", **options)
    if encoding is None:
        frame, _ = read_parquet(path)
        assert frame["a"].cat.categories.tolist() == ["x" * 10_000]
        assert load(path).X.shape == (15_000, 2)
    else:
        with pytest.raises(DataError, match="more than 500 to 1"):
            load(path)


def test_very_many_equal_numbers_in_few_bytes_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path, {"a": np.zeros(2 * 10**7, dtype=np.int8)})
    assert path.stat().st_size < 2**17
    with pytest.raises(DataError, match="more than 500 to 1"):
        load(path)


def test_lists_records_and_maps_are_left_out_unread(tmp_path: Path) -> None:
    columns = {
        "list": arrow.array([[1, 2], [1]] * 50),
        "record": arrow.array([{"x": 1}] * 100),
        "map": arrow.array([[("k", 1)]] * 100, arrow.map_(arrow.string(), arrow.int64())),
        "value": Y,
    }
    dataset = load(write(tmp_path, columns))
    assert dataset.feature_names == ("value",)
    assert "different lengths" in dataset.notes[0]
    assert "Columns 'list', 'record', 'map' were left out" in dataset.notes[1]
    assert load(tmp_path / "x.parquet", label_column="list").names is None


def test_a_name_with_a_point_is_no_part_of_a_record(tmp_path: Path) -> None:
    dataset = load(write(tmp_path, {"a.b": [1.0, 2.0], "a": [{"b": 8}, {"b": 9}]}))
    assert dataset.feature_names == ("a.b",)
    np.testing.assert_array_equal(dataset.X, [[1], [2]])


def test_types_that_few_files_have(tmp_path: Path) -> None:
    columns = {
        "decimal": [Decimal(row) / 8 for row in range(100)],
        "huge": arrow.array([2**64 - 1 - row for row in range(100)], arrow.uint64()),
        "day": [datetime.date(1 + row, 1, 1) for row in range(100)],
        "moment": arrow.array([2**62] * 100, arrow.timestamp("us")),
        "span": arrow.array([2**62] * 100, arrow.duration("ns")),
        "bytes": arrow.array([b"ab"] * 100, arrow.binary(2)),
        "value": Y,
    }
    dataset = load(write(tmp_path, columns))
    in_cycles = [name for name in dataset.feature_names if name.startswith("day (")]
    assert dataset.feature_names == ("decimal", "huge", "day", *in_cycles, "moment", "value")
    np.testing.assert_array_equal(dataset.X[:, 0], Y / 8)


def test_two_columns_of_one_name_are_named(tmp_path: Path) -> None:
    table = arrow.Table.from_arrays([arrow.array([1]), arrow.array([2])], ["a", "a"])
    parquet.write_table(table, tmp_path / "x.parquet")
    with pytest.raises(DataError, match="several columns with the same name: 'a'"):
        load(tmp_path / "x.parquet")


def test_no_columns_and_no_rows_are_one_line(tmp_path: Path) -> None:
    for columns in ({}, {"a": arrow.array([], arrow.string())}):
        with pytest.raises(DataError, match=r"no column of numbers|no samples"):
            load(write(tmp_path, columns))


def test_text_of_several_row_groups_is_one_column(tmp_path: Path) -> None:
    kinds = ["a"] * 40 + ["b"] * 30 + ["c"] * 30
    path = write(tmp_path, {"kind": kinds, "label": kinds[::-1], "value": Y}, row_group_size=25)
    dataset = load(path)
    assert dataset.feature_names == ("kind=a", "kind=b", "kind=c", "value")
    assert dataset.X[:, :3].sum(axis=0).tolist() == [40, 30, 30]
    assert np.bincount(dataset.y).tolist() == [40, 30, 30]


def test_events_of_lists_are_refused_and_of_categories_are_read(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"user": ["u", "v", "u"], "item": ["a", "b", "b"], "rating": ["5", "4", "1"]}
    )
    frame.to_parquet(tmp_path / "x.parquet")
    found = load_interactions(tmp_path / "x.parquet")
    np.testing.assert_array_equal(found.liked.toarray(), [[1, 0], [0, 1]])
    write(tmp_path, {"user": [[1], [2]], "item": ["a", "b"]})
    with pytest.raises(DataError, match="lists or records in column 'user'"):
        load_interactions(tmp_path / "x.parquet")
