"""Tables whose gaps are to be filled, from files and back."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from latens.applications.frames import write_frame
from latens.data.tables import TYPED_TABLES, is_text_table, read_cells
from latens.exceptions import DataError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["filled_paths", "read_with_gaps", "write_filled"]


def read_with_gaps(path: Path) -> tuple["pd.DataFrame", list[str]]:
    """Read a table with all of its columns, gaps as gaps, and notes on how it was read.

    Whole numbers stay whole beside gaps.

    Raises
    ------
    DataError
        If the file does not exist or is no such table.
    """
    kinds = ".csv, .tsv, .txt, .parquet, .feather, .arrow or .xlsx"
    if not path.exists():
        raise DataError(f"'{path}' does not exist. Give a table: {kinds}.")
    if not (is_text_table(path) or path.suffix.lower() in TYPED_TABLES):
        raise DataError(f"'{path}' is no table whose gaps can be filled. Give {kinds}.")
    frame, notes = read_cells(path)
    for name in frame.columns[frame.isna().any()]:
        column = frame[name]
        if column.dtype.kind == "f" and (known := column.dropna()).size:
            is_whole = (known == np.round(known)).all() and known.abs().max() < 2**53
            frame[name] = column.astype("Int64") if is_whole else column
    return frame, notes


def write_filled(path: Path, tables: "list[pd.DataFrame]") -> list[Path]:
    """Write a table, or several draws of it as ``NAME-1.csv``, ``NAME-2.csv``, ...; return the files."""
    paths = filled_paths(path, len(tables))
    for place, table in zip(paths, tables, strict=True):
        write_frame(place, table)
    return paths


def filled_paths(path: Path, n_tables: int) -> list[Path]:
    """Return where so many tables go."""
    if n_tables == 1:
        return [path]
    return [
        path.with_name(f"{path.stem}-{number}{path.suffix}") for number in range(1, n_tables + 1)
    ]
