"""Tables in Arrow's files and in Excel sheets."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from latens.data import load
from latens.exceptions import DataError

R = np.random.default_rng(0)
FRAME = pd.DataFrame(
    {
        "size": R.normal(size=40).round(3),
        "n": R.integers(0, 9, 40),
        "kind": ["red", "blue"] * 20,
        "day": pd.date_range("2024-01-01", periods=40),
    }
)
FRAME.loc[3, "size"] = np.nan


def write_arrow(path: Path, *, is_stream: bool) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    table = pyarrow.Table.from_pandas(FRAME, preserve_index=False)
    make = pyarrow.ipc.new_stream if is_stream else pyarrow.ipc.new_file
    with make(str(path), table.schema) as writer:
        writer.write_table(table)


def write_feather(path: Path) -> None:
    pytest.importorskip("pyarrow")
    FRAME.to_feather(path)


def write_excel(path: Path) -> None:
    pytest.importorskip("openpyxl")
    with pd.ExcelWriter(path) as book:
        FRAME.to_excel(book, sheet_name="data", index=False)
        FRAME.head(2).to_excel(book, sheet_name="more", index=False)


WRITERS = {
    "x.feather": write_feather,
    "x.arrow": lambda path: write_arrow(path, is_stream=False),
    "stream.arrow": lambda path: write_arrow(path, is_stream=True),
    "x.xlsx": write_excel,
}


@pytest.mark.parametrize("name", WRITERS)
def test_a_table_is_read_with_its_types(tmp_path, name):
    WRITERS[name](tmp_path / name)
    dataset = load(tmp_path / name)
    names = list(dataset.feature_names)
    assert names[:5] == ["size", "size=missing", "n", "kind=blue", "kind=red"]
    np.testing.assert_allclose(dataset.X[4:, 0], FRAME["size"][4:])
    assert dict(dataset.understood)["day"] == "dates"
    assert dataset.columns["kind"].cells()[:2] == ["red", "blue"]


def test_the_first_sheet_is_read_and_the_others_are_named(tmp_path):
    write_excel(tmp_path / "x.xlsx")
    assert any("'data' was read, not 'more'" in note for note in load(tmp_path / "x.xlsx").notes)


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_a_damaged_file_is_said_in_a_line(tmp_path, name, share):
    WRITERS[name](tmp_path / name)
    content = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(content[: int(share * len(content))])
    with pytest.raises(DataError) as caught:
        load(tmp_path / name)
    assert "\n" not in str(caught.value)
