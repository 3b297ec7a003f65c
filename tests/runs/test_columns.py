"""The user's own columns in a run: aligned by row, as they stand, and checked when they are read."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from latens._columns import OwnColumn, OwnColumns, joined_texts
from latens._identity import Identity
from latens.exceptions import RunError
from latens.runs import Run

COLUMNS = OwnColumns(
    (
        OwnColumn("id", "text", np.array([0, 1, 2], np.int8), joined_texts(["a", "日本", ""])),
        OwnColumn("spent", "number", np.array([1.25, np.nan, 3]), use="numbers"),
        OwnColumn("agreed", "truth", np.array([1, -1, 0], np.int8)),
        OwnColumn("at", "date", np.array([0, 10**18, np.iinfo(np.int64).min])),
        OwnColumn(
            *("price", "number", np.array([1, 0, -1], np.int8), joined_texts(["7 €", "9 €"])),
            np.array([7.0, 9.0]),
        ),
    ),
    ("too wide",),
)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    run = Run.create(tmp_path / "run")
    run.write_info(status="complete", data={"sample_shape": [3]})
    run.write_identity(Identity(np.array([0, 3, 4]), None, np.array([0, 1, 0], np.uint8)))
    return run


def test_columns_come_back_as_they_were(run: Run) -> None:
    run.write_columns(COLUMNS)
    back = Run.open(run.path).columns()
    assert back.names == COLUMNS.names
    assert back.left_out == ("too wide",)
    for before, after in zip(COLUMNS, back, strict=True):
        assert after.cells() == before.cells()
        assert (after.kind, after.use) == (before.kind, before.use)
        assert after.values.dtype == before.values.dtype
    assert back["price"].numbers.tolist()[:2] == [9, 7]


def test_a_run_without_columns_has_none(run: Run) -> None:
    assert len(run.columns()) == 0


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("0", np.array([0, 1, 3], np.int8)),
        ("0", np.array([0, 1, -2], np.int8)),
        ("0", np.array([0.0, 1, 2])),
        ("0", np.array([0, 1], np.int8)),
        ("0.texts", np.array([[97, 0]], np.uint8)),
        ("2", np.array([0, 5, 1], np.int8)),
        ("3", np.array([0.5, 1, 2])),
        ("4.meanings", np.array([7.0])),
    ],
)
def test_damaged_columns_are_refused(run: Run, name: str, values: np.ndarray) -> None:
    run.write_columns(COLUMNS)
    file = run.path / "columns.safetensors"
    save_file(load_file(file) | {name: values}, file)
    with pytest.raises(RunError, match=r"columns.safetensors' is damaged: column '.*' should have"):
        run.columns()


def test_a_missing_or_broken_file_is_named(run: Run) -> None:
    run.write_columns(COLUMNS)
    file = run.path / "columns.safetensors"
    file.write_bytes(file.read_bytes()[:20])
    with pytest.raises(RunError, match=r"columns.safetensors' is damaged"):
        run.columns()
    file.unlink()
    with pytest.raises(RunError, match="there is no such file"):
        run.columns()
