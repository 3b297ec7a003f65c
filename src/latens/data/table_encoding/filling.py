"""A table whose gaps are filled, and that is otherwise as it was."""

from typing import TYPE_CHECKING, Any

import numpy as np

from latens.data.table_encoding.columns import OmittedColumn
from latens.data.table_encoding.encoder import TableEncoder
from latens.data.table_encoding.frames import as_frame, is_table, like

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["filled_cells"]


def filled_cells(encoder: TableEncoder, X: Any, features: np.ndarray) -> Any:
    """Return a table with the cells of some features in the place of its gaps.

    Parameters
    ----------
    encoder : TableEncoder
    X : table or array-like of shape (n_rows, n_columns)
    features : ndarray of shape (n_rows, n_features)
        In the user's units, without gaps.

    Returns
    -------
    Of the kind of `X`: cells that are there, and columns that nothing was learned from, are the same.
    """
    if not is_table(X):
        values = np.array(X, dtype=np.result_type(np.asarray(X).dtype, np.float32))
        columns = [str(name) for name in encoder.feature_names_in_]
        made = _cells(encoder, features)
        for place, name in enumerate(columns):
            if name in made:
                gaps = np.isnan(values[:, place])
                values[gaps, place] = made[name].to_numpy(dtype=float)[gaps]
        return values
    frame, source = as_frame(X)
    filled = frame.copy()
    for name, cells in _cells(encoder, features).items():
        gaps = frame[name].isna().to_numpy()
        if gaps.any():
            filled[name] = _with_cells(frame[name], cells, gaps)
    answer = like(filled, source)
    if source == "polars":
        return answer.cast(dict(X.schema))
    return answer.cast(X.schema) if source == "arrow" else answer


def _cells(encoder: TableEncoder, features: np.ndarray) -> "dict[str, pd.Series]":
    """The cells of each column that something was learned from."""
    columns = {one.name: one for one in encoder.columns_ if not isinstance(one, OmittedColumn)}
    return {
        block.name: columns[block.name].cells(features[:, block.start : block.stop])
        for block in encoder.blocks_
    }


def _with_cells(column: "pd.Series", cells: "pd.Series", gaps: np.ndarray) -> "pd.Series":
    """A column with cells in its gaps, in its own type."""
    import pandas as pd

    filled = column.copy()
    found = cells[gaps]
    if isinstance(column.dtype, pd.CategoricalDtype):
        found = pd.Series(pd.Categorical(found, dtype=column.dtype), index=found.index)
    elif column.dtype.kind in "iuf":
        found = found.astype(float)
        found = found.round() if column.dtype.kind in "iu" else found
    filled.iloc[np.flatnonzero(gaps)] = found.to_numpy()
    return filled
