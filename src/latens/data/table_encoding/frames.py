"""Tables of pandas, polars and Arrow, as a frame of pandas and back."""

from typing import Any

import numpy as np

from latens.exceptions import DataError

__all__ = ["as_frame", "is_mixed", "is_table", "like", "with_gaps"]


def as_frame(X: Any) -> tuple[Any, str]:
    """Return a table as a frame of pandas with text for names, and what it was.

    Parameters
    ----------
    X : DataFrame of pandas or polars, Arrow table, or array-like of shape (n_rows, n_columns)

    Returns
    -------
    frame : DataFrame
    source : {"pandas", "polars", "arrow"}

    Raises
    ------
    DataError
        If it is no table.
    """
    import pandas as pd

    package = type(X).__module__.partition(".")[0]
    if package == "polars":
        return X.to_pandas(), "polars"
    if package == "pyarrow":
        return X.to_pandas(), "arrow"
    if isinstance(X, pd.DataFrame):
        frame = (
            X
            if all(isinstance(name, str) for name in X.columns)
            else X.set_axis([str(name) for name in X.columns], axis=1)
        )
        return frame, "pandas"
    values = np.asarray(X)
    if values.ndim != 2:
        raise DataError(
            f"A table has two axes, rows and columns. Got an array of shape {values.shape}."
        )
    return pd.DataFrame(values, columns=[str(place) for place in range(values.shape[1])]), "pandas"


def like(frame: Any, source: str) -> Any:
    """Return a frame of pandas as what a table was."""
    if source == "polars":
        import polars

        return polars.from_pandas(frame)
    if source == "arrow":
        import pyarrow

        return pyarrow.Table.from_pandas(frame, preserve_index=False)
    if source == "array":
        return frame.to_numpy()
    return frame


def is_table(X: Any) -> bool:
    """Whether something has named columns: a frame of pandas or polars, or a table of Arrow."""
    return hasattr(X, "columns") and (hasattr(X, "dtypes") or hasattr(X, "column_names"))


def is_mixed(X: Any) -> bool:
    """Whether a table has a column that is more than finite numbers: words, dates, gaps.

    Examples
    --------
    >>> import pandas as pd
    >>> is_mixed(pd.DataFrame({"a": [1, 2]})), is_mixed(pd.DataFrame({"a": [1, None]}))
    (False, True)
    """
    if not is_table(X):
        return False
    frame, _ = as_frame(X)
    # Sparse columns are numbers that other code takes as they are.
    if any(getattr(dtype, "kind", "O") not in "iufbc" for dtype in frame.dtypes):
        return not any(hasattr(dtype, "fill_value") for dtype in frame.dtypes)
    return bool(frame.isna().to_numpy().any())


def with_gaps(X: Any) -> np.ndarray | None:
    """Return an array of numbers with NaN in it, of which a table can be made; None for anything else.

    Examples
    --------
    >>> with_gaps([[1, 2], [3, np.nan]]).shape, with_gaps([[1, 2]])
    ((2, 2), None)
    """
    if hasattr(X, "columns") or hasattr(X, "column_names") or hasattr(X, "tocsr"):
        return None
    values = np.asarray(X)
    if values.ndim != 2 or values.dtype.kind != "f" or not np.isnan(values).any():
        return None
    return values
