"""How well the columns of a table come back from each representation, and what a code tells of them."""

from collections.abc import Sequence

import numpy as np

from latens import metrics
from latens.data import TableEncoder
from latens.runs import ColumnCells, DimensionColumns, TableCells
from latens.studies.preparation import Prepared
from latens.studies.representations import Representation

__all__ = ["table_cells"]

# A page of more columns is read by nobody.
_MOST_COLUMNS = 500
_NAMED, _LEAST_SHARE = 3, 0.05


def table_cells(
    data: Prepared, encoder: TableEncoder, representations: Sequence[Representation]
) -> TableCells:
    """Measure every column on the scored held-out rows.

    Parameters
    ----------
    data : Prepared
    encoder : TableEncoder
        What the columns are.
    representations : sequence of Representation
        Those that cannot rebuild a row have no errors.
    """
    X = data.test.X[data.scored_test]
    blocks = encoder.blocks_[:_MOST_COLUMNS]
    errors = {
        one.name: _mean_errors(metrics.cell_errors(X, one.rebuild(X), blocks))
        for one in representations
        if one.rebuild is not None
    }
    columns = [
        ColumnCells(
            name=block.name,
            kind=block.kind,
            gaps=0.0 if block.gap is None else float((X[:, block.gap] > 0.5).mean()),
            errors={name: means[place] for name, means in errors.items()},
        )
        for place, block in enumerate(blocks)
    ]
    dimensions = [
        _columns_of(model.name, dimension, shares, encoder)
        for model in representations
        if not model.is_baseline
        for dimension, shares in enumerate(_shares(model.test, X, encoder).T)
    ]
    return TableCells(n=len(X), columns=columns, dimensions=dimensions)


def _mean_errors(errors: np.ndarray) -> list[float | None]:
    n_cells = (~np.isnan(errors)).sum(axis=0)
    totals = np.nansum(errors, axis=0)
    return [float(total / n) if n else None for total, n in zip(totals, n_cells, strict=True)]


def _shares(codes: np.ndarray, X: np.ndarray, encoder: TableEncoder) -> np.ndarray:
    """What share of the variance of each dimension each column explains, shape (n_columns, n_dimensions)."""
    found = np.zeros((min(len(encoder.blocks_), _MOST_COLUMNS), codes.shape[1]))
    for place, block in enumerate(encoder.blocks_[:_MOST_COLUMNS]):
        seen = np.ones(len(X), bool) if block.gap is None else X[:, block.gap] < 0.5
        if seen.sum() > block.stop - block.start + 1:
            found[place] = metrics.explained_variance_share(
                codes[seen], X[seen, block.start : block.stop]
            )
    return found


def _columns_of(
    model: str, dimension: int, shares: np.ndarray, encoder: TableEncoder
) -> DimensionColumns:
    largest = np.argsort(-shares, kind="stable")[:_NAMED]
    named = [(encoder.blocks_[place].name, float(shares[place])) for place in largest]
    told = [(name, share) for name, share in named if share >= _LEAST_SHARE]
    return DimensionColumns(model=model, dimension=dimension, columns=told)
