"""Tables of results as files, whole or not at all."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from latens._columns import OwnColumns
from latens._csv_writing import write_csv
from latens._optional import import_optional
from latens._writing import atomic_write

if TYPE_CHECKING:
    import pandas

__all__ = ["beside_own", "write_frame"]


def beside_own(frame: "pandas.DataFrame", columns: OwnColumns) -> "pandas.DataFrame":
    """Return a table of samples with the user's own columns of the same samples behind it.

    One of these that is called as another column is gets a number.
    """
    import pandas

    own = columns.frame(taken=list(map(str, frame.columns)))
    return pandas.concat([frame, own], axis=1) if len(columns) else frame


def write_frame(path: str | Path, frame: "pandas.DataFrame", **options: Any) -> None:
    """Write a .csv or .parquet file without the index.

    Parameters
    ----------
    path : str or path
        With one of these endings.
    frame : DataFrame
    **options
        Of a .csv file, those of pandas.

    Raises
    ------
    RunError
        If it cannot be written.
    MissingDependencyError
        If pyarrow is not installed, and it is a .parquet file.
    """
    path = Path(path)
    with atomic_write(path) as temporary:
        if path.suffix == ".csv":
            write_csv(frame, temporary, **options)
        else:
            import_optional("pyarrow", extra="parquet", purpose="write parquet files")
            frame.to_parquet(temporary, index=False)
