"""Tables in Arrow's own files (Feather) and in Excel sheets, as data frames."""

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from latens._memory import check_memory
from latens._optional import import_optional
from latens._regular_files import check_regular
from latens._text import listed, shortened
from latens.exceptions import DataError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ARROW", "EXCEL", "read_arrow", "read_excel"]

ARROW, EXCEL = (".feather", ".arrow", ".ipc"), (".xlsx", ".xlsm")
# A cell of a sheet takes so many bytes of XML at least, and as a Python object in a list of rows so many.
_XML_BYTES, _CELL_BYTES = 8, 100


def read_arrow(path: Path) -> tuple["pd.DataFrame", list[str]]:
    """Read a Feather file, or one of Arrow's inter-process format, and return its table and notes.

    Raises
    ------
    MissingDependencyError
        If pyarrow is not installed.
    DataError
        If the file is damaged or too large.
    """
    import_optional("pyarrow", extra="parquet", purpose="read Arrow and Feather files")
    import pyarrow

    where = f"The file '{path}'"
    try:
        check_regular(path)
        with pyarrow.memory_map(str(path)) as file:
            frame = _batches(file, where).to_pandas()
    except DataError:
        raise
    except Exception as error:  # Arrow raises anything on damaged files
        reason = f"{type(error).__name__}: {shortened(error, 200)}"
        raise DataError(f"{where} cannot be read as Arrow: {reason}") from error
    return frame.reset_index(drop=True), []


def _batches(file: Any, where: str) -> Any:
    """The table of an open file: compressed batches may become much larger, so each is looked at."""
    import pyarrow
    from pyarrow import ipc

    try:
        reader = ipc.open_file(file)
        batches = (reader.get_batch(number) for number in range(reader.num_record_batches))
    except pyarrow.ArrowInvalid:
        file.seek(0)
        reader = ipc.open_stream(file)
        batches = iter(reader)
    kept, size = [], 0
    for batch in batches:
        size += batch.nbytes
        check_memory(2 * size, where)
        batch.validate(full=True)
        kept.append(batch)
    return pyarrow.Table.from_batches(kept, reader.schema)


def read_excel(path: Path) -> tuple["pd.DataFrame", list[str]]:
    """Read the first sheet of an Excel workbook, and return its table and notes.

    Raises
    ------
    MissingDependencyError
        If openpyxl is not installed.
    DataError
        If the file is damaged, too large, or its first sheet is empty.
    """
    openpyxl = import_optional("openpyxl", extra="excel", purpose="read Excel sheets")
    import pandas as pd

    where = f"The file '{path}'"
    try:
        check_regular(path)
        _check_size(path, where)
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        first, *others = book.sheetnames
        rows = iter(book[first].values)
        names = [str(name) for name in next(rows, ())]
        frame = pd.DataFrame.from_records(list(rows), columns=names).infer_objects()
        book.close()
    except DataError:
        raise
    except Exception as error:  # openpyxl raises anything on damaged files
        reason = f"{type(error).__name__}: {shortened(error, 200)}"
        raise DataError(f"{where} cannot be read as an Excel sheet: {reason}") from error
    frame = frame.dropna(axis=0, how="all").reset_index(drop=True)
    notes = [f"Of the workbook, the sheet '{shortened(first)}' was read, not {listed(others)}."]
    return frame, notes if others else []


def _check_size(path: Path, where: str) -> None:
    """Hold what a sheet unpacks to against the memory."""
    with zipfile.ZipFile(path) as packed:
        sizes = [one.file_size for one in packed.infolist()]
    check_memory(sum(sizes) // _XML_BYTES * _CELL_BYTES, where)
