"""columns.json and columns.safetensors: the user's own columns of all samples, as they stand in the table."""

from pathlib import Path
from typing import Any, Protocol

import numpy as np

from latens._columns import COLUMN_KINDS, OwnColumn, OwnColumns
from latens._identity import Identity
from latens._memory import check_memory
from latens._writing import atomic_write
from latens.exceptions import RunError
from latens.runs.records import Few, Many, Record, Text, checked

__all__ = ["read_columns", "write_columns"]

_NAME, _FILE = "columns", "columns.safetensors"
# The tensors of a column: its number, and these behind it.
_TEXTS, _MEANINGS = "texts", "meanings"
_Tensors = dict[str, np.ndarray]


class _ColumnRecord(Record):
    name: Text
    kind: str
    use: Text = ""


class _ColumnsRecord(Record):
    columns: Few[_ColumnRecord] = []
    left_out: Many[Text] = []


class ColumnsFolder(Protocol):
    """What of a run is needed here."""

    @property
    def path(self) -> Path:
        """Where it is."""

    @property
    def identity(self) -> Identity:
        """What its samples are known by."""

    def has(self, name: str) -> bool:
        """Whether there is a JSON file of a name."""

    def read(self, name: str) -> Any:
        """Return the content of a JSON file."""

    def write(self, name: str, data: Any) -> None:
        """Write a JSON file."""


def write_columns(run: ColumnsFolder, columns: OwnColumns) -> None:
    """Write the columns of all samples, in the order of the data."""
    from safetensors.numpy import save_file

    tensors: _Tensors = {}
    for at, column in enumerate(columns):
        tensors[f"{at}"] = np.ascontiguousarray(column.values)
        if len(column.joined):
            tensors[f"{at}.{_TEXTS}"] = column.joined
        if len(column.meanings):
            tensors[f"{at}.{_MEANINGS}"] = column.meanings
    records = [{"name": one.name, "kind": one.kind, "use": one.use} for one in columns]
    with atomic_write(run.path / _FILE) as temporary:
        save_file(tensors, temporary)
    # Last: what it names is there.
    run.write(_NAME, {"columns": records, "left_out": list(columns.left_out)})


def read_columns(run: ColumnsFolder) -> OwnColumns:
    """Return the columns of all samples; none where the run has none.

    Raises
    ------
    RunError
        If they are damaged.
    """
    if not run.has(_NAME):
        return OwnColumns()
    record = checked(_ColumnsRecord, run.read(_NAME), f"'{run.path / _NAME}.json'")
    rows = run.identity.rows
    if not record.columns or rows is None:
        return OwnColumns(left_out=tuple(record.left_out))
    tensors = _tensors(run.path / _FILE)
    columns = tuple(
        _column(one, str(at), tensors, len(rows), run) for at, one in enumerate(record.columns)
    )
    return OwnColumns(columns, tuple(record.left_out))


def _tensors(file: Path) -> _Tensors:
    from safetensors import SafetensorError, safe_open

    try:
        # Asked first: a pipe in its place would be waited for.
        if not file.is_file():
            raise RunError(f"'{file}' is missing or damaged: there is no such file.")
        check_memory(file.stat().st_size, f"The file '{file}'", failure=RunError)
        with safe_open(file, framework="np") as opened:
            return {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118
    except (SafetensorError, OSError, KeyError, TypeError, AttributeError) as error:
        # The last three are types that NumPy does not have.
        raise RunError(f"'{file}' is damaged: {error}") from error


def _column(
    record: _ColumnRecord, number: str, tensors: _Tensors, n: int, run: ColumnsFolder
) -> OwnColumn:
    empty = OwnColumn("", "text", np.empty(0))
    kind = next((one for one in COLUMN_KINDS if one == record.kind), None)
    values = tensors.get(number)
    if kind is None or values is None:
        raise _damaged(run, record, f"a kind of {', '.join(COLUMN_KINDS)}, and values")
    column = OwnColumn(
        record.name,
        kind,
        values,
        tensors.get(f"{number}.{_TEXTS}", empty.joined),
        tensors.get(f"{number}.{_MEANINGS}", empty.meanings),
        record.use,
    )
    if values.shape != (n,) or not _is_right(column):
        raise _damaged(run, record, f"{n} values of the kind '{kind}'")
    return column


def _is_right(column: OwnColumn) -> bool:
    """Whether the values of a column are of its kind, and places of texts that are there."""
    values = column.values
    if column.joined.dtype != np.uint8 or column.joined.ndim != 1:
        return False
    if column.is_text:
        n_texts = len(column.texts)
        is_named = column.meanings.shape == (n_texts,) and column.meanings.dtype == np.float64
        is_placed = values.dtype.kind in "iu" and -1 <= values.min() <= values.max() < n_texts
        return bool(is_placed and (column.kind == "text" or is_named))
    if column.kind == "date":
        return values.dtype == np.int64
    if column.kind == "truth":
        return values.dtype == np.int8 and bool(-1 <= values.min() <= values.max() <= 1)
    return values.dtype.kind in "iu" or values.dtype in (np.float32, np.float64)


def _damaged(run: ColumnsFolder, record: _ColumnRecord, wanted: str) -> RunError:
    return RunError(
        f"'{run.path / _FILE}' is damaged: column '{record.name[:60]}' should have {wanted}."
    )
