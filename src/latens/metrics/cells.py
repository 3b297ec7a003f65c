"""How well the cells of a table are reconstructed, beside the best constant of each column."""

from collections.abc import Sequence

import numpy as np

from latens._column_blocks import ColumnBlock

__all__ = [
    "category_accuracy",
    "cell_error",
    "cell_error_samples",
    "cell_errors",
    "explained_variance_share",
    "number_r2",
]

# Singular values below this share of the largest are rounding.
_SMALLEST = 1e-9


def cell_errors(
    truth: np.ndarray, rebuilt: np.ndarray, blocks: Sequence[ColumnBlock]
) -> np.ndarray:
    """Return the error of every cell, as a share of what the best constant of its column has on average.

    Numbers count by the squared error, over the variance of the column; levels and truths by whether the
    most probable one is wrong, over how often the most frequent one is. So the mean of a column is 0 if all
    cells are right and 1 if a mean or a mode would do as well.

    Parameters
    ----------
    truth, rebuilt : ndarray of shape (n_rows, n_features)
        Features of `TableEncoder`, in the user's units.
    blocks : sequence of ColumnBlock

    Returns
    -------
    ndarray of shape (n_rows, n_columns)
        NaN for gaps, and for columns of which all cells are the same.

    Examples
    --------
    >>> numbers = np.array([[1.0], [3.0]])
    >>> cell_errors(numbers, np.array([[2.0], [3.0]]), [ColumnBlock("size", "number", 0, 1)])
    array([[1.],
           [0.]])
    """
    errors = np.full((len(truth), len(blocks)), np.nan)
    for place, block in enumerate(blocks):
        seen = np.ones(len(truth), bool) if block.gap is None else truth[:, block.gap] < 0.5
        if not seen.any():
            continue
        true, made = truth[seen, block.start : block.stop], rebuilt[seen, block.start : block.stop]
        if block.kind == "number":
            # Of a date the first is the moment itself.
            own = np.square(true[:, 0].astype(np.float64) - made[:, 0])
            constant = true[:, 0].var(dtype=np.float64)
        else:
            levels, guessed = _levels(true), _levels(made)
            own = (levels != guessed).astype(np.float64)
            constant = 1 - np.bincount(levels).max() / len(levels)
        if constant > 0:
            errors[seen, place] = own / constant
    return errors


def _levels(features: np.ndarray) -> np.ndarray:
    """The most probable level of each row."""
    if features.shape[1] == 1:
        return (features[:, 0] >= 0.5).astype(np.int64)
    return features.argmax(axis=1)


def cell_error_samples(
    truth: np.ndarray, rebuilt: np.ndarray, blocks: Sequence[ColumnBlock]
) -> np.ndarray:
    """Return the mean of `cell_errors` of each row, shape (n_rows,); NaN for a row without a cell."""
    errors = cell_errors(truth, rebuilt, blocks)
    n_cells = (~np.isnan(errors)).sum(axis=1)
    with np.errstate(invalid="ignore"):
        samples: np.ndarray = np.nansum(errors, axis=1) / np.where(n_cells > 0, n_cells, np.nan)
    return samples


def cell_error(truth: np.ndarray, rebuilt: np.ndarray, blocks: Sequence[ColumnBlock]) -> float:
    """Return the mean of `cell_error_samples`: from 0, where less is better; 1 is that of constants."""
    return float(np.nanmean(cell_error_samples(truth, rebuilt, blocks)))


def number_r2(
    truth: np.ndarray, rebuilt: np.ndarray, blocks: Sequence[ColumnBlock]
) -> float | None:
    """Return the mean coefficient of determination of the columns of numbers, at most 1; None without any.

    0 is that of the mean of each column.
    """
    of_columns = _mean_of_columns(truth, rebuilt, [one for one in blocks if one.kind == "number"])
    return None if of_columns is None else 1 - float(of_columns.mean())


def category_accuracy(
    truth: np.ndarray, rebuilt: np.ndarray, blocks: Sequence[ColumnBlock]
) -> float | None:
    """Return the mean share of right cells of the columns of levels and truths; None without any."""
    shares = []
    for block in blocks:
        if block.kind == "number":
            continue
        seen = np.ones(len(truth), bool) if block.gap is None else truth[:, block.gap] < 0.5
        places = slice(block.start, block.stop)
        if seen.any():
            shares.append((_levels(truth[seen, places]) == _levels(rebuilt[seen, places])).mean())
    return float(np.mean(shares)) if shares else None


def _mean_of_columns(
    truth: np.ndarray, rebuilt: np.ndarray, blocks: Sequence[ColumnBlock]
) -> np.ndarray | None:
    errors = cell_errors(truth, rebuilt, blocks)
    errors = errors[:, ~np.isnan(errors).all(axis=0)]
    return np.nanmean(errors, axis=0) if errors.shape[1] else None


def explained_variance_share(codes: np.ndarray, features: np.ndarray) -> np.ndarray:
    """Return what share of the variance of each dimension of codes a linear function of features explains.

    Of the levels of a category it is the correlation ratio, of a number the squared correlation.

    Parameters
    ----------
    codes : ndarray of shape (n_rows, n_dimensions)
    features : ndarray of shape (n_rows, n_features)

    Returns
    -------
    ndarray of shape (n_dimensions,), in [0, 1]

    Examples
    --------
    >>> x = np.arange(6.0)[:, None]
    >>> explained_variance_share(np.hstack([2 * x, np.ones((6, 1))]), x).round(6).tolist()
    [1.0, 0.0]
    """
    codes = codes.astype(np.float64) - codes.mean(axis=0)
    features = features.astype(np.float64) - features.mean(axis=0)
    deviation = features.std(axis=0)
    features = features[:, deviation > 0] / deviation[deviation > 0]
    total = np.square(codes).sum(axis=0)
    if not features.shape[1]:
        return np.zeros(codes.shape[1])
    left, sizes, _ = np.linalg.svd(features, full_matrices=False)
    basis = left[:, sizes > _SMALLEST * sizes[0]]
    explained = np.square(basis.T @ codes).sum(axis=0)
    return np.where(total > 0, explained / np.where(total > 0, total, 1.0), 0.0).clip(0, 1)
