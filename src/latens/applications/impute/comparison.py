"""How well ways fill cells that are known and were hidden."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from latens.data import TableEncoder
from latens.data.table_encoding.columns import OmittedColumn

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FilledScore", "cells_to_hide", "hidden_errors", "score"]

# Of the known cells of a column, so many are hidden as it has gaps, within these bounds.
_LEAST_HIDDEN, _MOST_HIDDEN = 0.1, 0.3
_WITHOUT_GAPS = 0.2


@dataclass(frozen=True, eq=False)
class FilledScore:
    """How well one way filled hidden cells.

    Attributes
    ----------
    name : str
    rmse : float or None
        Of numbers, in standard deviations of their column; None without numbers.
    accuracy : float or None
        The share of levels that are right; None without categories.
    error : float
        The mean over columns of the root mean squared error of a number in standard deviations, and of the
        wrong levels as a share of what the most frequent level gets wrong: 1 is worth nothing.
    rows : ndarray of shape (n_rows,)
        The mean loss of each row with a hidden cell, by which two ways are told apart: squared errors of
        numbers, wrong levels as in `error`.
    """

    name: str
    rmse: float | None
    accuracy: float | None
    error: float
    rows: np.ndarray


def cells_to_hide(encoder: TableEncoder, frame: "pd.DataFrame", seed: int) -> np.ndarray:
    """Draw known cells to hide: of each column about as many as are missing, and none where none is.

    Returns
    -------
    ndarray of bool of the shape of the frame
    """
    rng = np.random.default_rng(seed)
    missing = frame.isna().to_numpy()
    learned = [not isinstance(column, OmittedColumn) for column in encoder.columns_]
    shares = missing.mean(axis=0)
    chances = np.where(shares > 0, shares.clip(_LEAST_HIDDEN, _MOST_HIDDEN), 0.0)
    if not (chances * learned).any():
        chances = np.full(len(shares), _WITHOUT_GAPS)
    hidden: np.ndarray = rng.random(frame.shape) < chances * learned
    return hidden & ~missing


def score(
    encoder: TableEncoder, frame: "pd.DataFrame", hidden: np.ndarray, ways: Mapping[str, np.ndarray]
) -> tuple[FilledScore, ...]:
    """Score features that ways have filled against what was hidden.

    Parameters
    ----------
    encoder : TableEncoder
        Of the table without the hidden cells, with marks of all columns.
    frame : DataFrame
        The table with them.
    hidden : ndarray of bool of the shape of the frame
    ways : mapping of str to ndarray of shape (n_rows, n_features)
        In the user's units.
    """
    truth = encoder.features(frame)
    scores = []
    for name, features in ways.items():
        losses, numbers = hidden_errors(encoder, frame, hidden, truth, features)
        scores.append(_score_of(name, losses, numbers, encoder, truth))
    return tuple(scores)


def hidden_errors(
    encoder: TableEncoder,
    frame: "pd.DataFrame",
    hidden: np.ndarray,
    truth: np.ndarray,
    features: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Return what each hidden cell is off by, NaN for others, and which columns are numbers.

    Numbers: the squared error in standard deviations of the column. Levels: 1 where the most probable one is
    wrong.

    Returns
    -------
    losses : ndarray of shape (n_rows, n_blocks)
    is_number : ndarray of bool of shape (n_blocks,)
    """
    place = {name: number for number, name in enumerate(frame.columns)}
    losses = np.full((len(frame), len(encoder.blocks_)), np.nan)
    for number, block in enumerate(encoder.blocks_):
        rows = hidden[:, place[block.name]] & (truth[:, block.gap] < 0.5)
        true, found = (
            truth[rows, block.start : block.stop],
            features[rows, block.start : block.stop],
        )
        if block.kind == "number":
            known = truth[truth[:, block.gap] < 0.5, block.start].astype(np.float64)
            losses[rows, number] = (found[:, 0] - true[:, 0]) ** 2 / (known.var() or 1.0)
        elif block.kind == "truth":
            losses[rows, number] = (found[:, 0] >= 0.5) != (true[:, 0] >= 0.5)
        else:
            losses[rows, number] = found.argmax(axis=1) != true.argmax(axis=1)
    return losses, np.array([block.kind == "number" for block in encoder.blocks_])


def _score_of(
    name: str, losses: np.ndarray, is_number: np.ndarray, encoder: TableEncoder, truth: np.ndarray
) -> FilledScore:
    numbers, levels = losses[:, is_number], losses[:, ~is_number]
    units = np.array([_unit(encoder, truth, number) for number in range(len(is_number))])
    used = ~np.isnan(losses).all(axis=0)
    columns = np.nanmean(losses[:, used], axis=0)
    relative = np.where(is_number[used], np.sqrt(columns), columns / units[used])
    rows = losses[~np.isnan(losses).all(axis=1)] / units
    return FilledScore(
        name,
        rmse=_mean(numbers, root=True),
        accuracy=None if (wrong := _mean(levels)) is None else 1 - wrong,
        error=float(relative.mean()),
        rows=np.nanmean(rows, axis=1),
    )


def _unit(encoder: TableEncoder, truth: np.ndarray, number: int) -> float:
    """What a wrong level of a column counts by: the share that the most frequent level gets wrong."""
    block = encoder.blocks_[number]
    if block.kind == "number":
        return 1.0
    known = truth[truth[:, block.gap] < 0.5, block.start : block.stop]
    shares = known.mean(axis=0) if len(known) else np.ones(1)
    most = max(shares[0], 1 - shares[0]) if block.kind == "truth" else shares.max()
    return max(0.05, 1 - float(most))


def _mean(losses: np.ndarray, *, root: bool = False) -> float | None:
    known = losses[~np.isnan(losses)]
    if not len(known):
        return None
    return float(np.sqrt(known.mean()) if root else known.mean())
