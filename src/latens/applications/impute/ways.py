"""Ways to fill the gaps of a table: what latens learns, and what it is measured beside."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from latens._devices import resolve_device
from latens._torch_state import plain_torch
from latens.data import TableEncoder
from latens.models.imputation.imputer import Imputer
from latens.models.imputation.learning import learn

__all__ = ["BASELINES", "NETWORK", "by_network", "filled_features"]

NETWORK = "network"
_NEIGHBORS = 10
_TREES, _FOREST_ROUNDS = 30, 3
# Rows that a forest learns from, and values that neighbors are looked for among.
_MOST_ROWS = 5_000


def by_network(
    encoder: TableEncoder,
    table: Any,
    *,
    seed: int,
    max_epochs: int | None = None,
    deadline: float | None = None,
    device: str = "auto",
) -> np.ndarray:
    """Return the features of a table as an imputer fills them that learns from this table alone.

    Parameters
    ----------
    encoder : TableEncoder
        Fitted on the table, with a mark of gaps for every column.
    table : table
    seed : int
    max_epochs, deadline
        See `learn`.
    device : str, default="auto"

    Returns
    -------
    ndarray of shape (n_rows, n_features)
        In the user's units; levels are probabilities.
    """
    features = encoder.features(table)
    place = resolve_device(device)
    scaling = encoder.scaling_
    scaled, offset, scale = (
        torch.as_tensor(part, dtype=torch.float32)
        for part in (scaling.apply(features), scaling.offset, scaling.scale)
    )
    with plain_torch():
        imputer = Imputer(encoder.blocks_, offset, scale).to(place)
        values, seen = imputer.values(scaled.to(place))
        learn(imputer, values, seen, seed=seed, max_epochs=max_epochs, deadline=deadline)
        with torch.inference_mode():
            found = imputer.probable(values, seen).cpu().numpy()
    return _with_values(encoder, features, found)


def filled_features(way: str, encoder: TableEncoder, table: Any, *, seed: int) -> np.ndarray:
    """Return the features of a table as one of `BASELINES` fills them, like `by_network`."""
    features = encoder.features(table)
    places = [place for block in encoder.blocks_ for place in block.places]
    values = encoder.scaling_.apply(features)[:, places].astype(np.float64)
    for block, start in zip(encoder.blocks_, _starts(encoder), strict=True):
        gaps = features[:, block.gap] > 0.5
        values[gaps, start : start + len(block.places)] = np.nan
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # rounds that did not converge
        return _with_values(encoder, features, BASELINES[way](values, encoder, seed))


def _starts(encoder: TableEncoder) -> list[int]:
    widths = [len(block.places) for block in encoder.blocks_]
    return [0, *np.cumsum(widths)[:-1].tolist()]


def _with_values(encoder: TableEncoder, features: np.ndarray, scaled: np.ndarray) -> np.ndarray:
    places = [place for block in encoder.blocks_ for place in block.places]
    filled = features.astype(np.float64)
    scaling = encoder.scaling_
    filled[:, places] = scaled * scaling.scale[places] + scaling.offset[places]
    return filled


def _by_mean(values: np.ndarray, encoder: TableEncoder, seed: int) -> np.ndarray:
    # The mean of what is scaled, and the shares of levels.
    return np.where(np.isnan(values), 0.0, values)


def _by_neighbors(values: np.ndarray, encoder: TableEncoder, seed: int) -> np.ndarray:
    from sklearn.impute import KNNImputer

    imputer = KNNImputer(n_neighbors=_NEIGHBORS, keep_empty_features=True)
    imputer.fit(_some_rows(values, seed))
    parts = np.array_split(values, max(1, len(values) // _MOST_ROWS))
    return np.concatenate([imputer.transform(part) for part in parts])


def _by_ridge(values: np.ndarray, encoder: TableEncoder, seed: int) -> np.ndarray:
    from sklearn.linear_model import BayesianRidge

    return _in_rounds(BayesianRidge(), values, encoder, seed)


def _by_forest(values: np.ndarray, encoder: TableEncoder, seed: int) -> np.ndarray:
    from sklearn.ensemble import ExtraTreesRegressor

    forest = ExtraTreesRegressor(_TREES, random_state=seed)
    return _in_rounds(forest, values, encoder, seed, max_iter=_FOREST_ROUNDS)


def _in_rounds(
    regressor: Any, values: np.ndarray, encoder: TableEncoder, seed: int, **settings: Any
) -> np.ndarray:
    """Each feature by a regression on all others, in rounds.

    The last level of each category is left out, as it follows from the others: with it, they would be told
    by one another and never move from their means.
    """
    from sklearn.experimental import enable_iterative_imputer  # noqa: F401
    from sklearn.impute import IterativeImputer

    kept = np.ones(values.shape[1], bool)
    groups = [
        (start, start + len(block.places))
        for block, start in zip(encoder.blocks_, _starts(encoder), strict=True)
        if block.kind == "category" and len(block.places) > 1
    ]
    kept[[stop - 1 for _, stop in groups]] = False
    imputer = IterativeImputer(
        regressor, random_state=seed, keep_empty_features=True, **settings
    ).fit(_some_rows(values[:, kept], seed))
    filled = np.array(values)
    filled[:, kept] = imputer.transform(values[:, kept])
    places = np.array([place for block in encoder.blocks_ for place in block.places])
    scale, offset = encoder.scaling_.scale[places], encoder.scaling_.offset[places]
    for start, stop in groups:
        others = slice(start, stop - 1)
        left = 1 - (filled[:, others] * scale[others] + offset[others]).sum(axis=1)
        gaps = np.isnan(filled[:, stop - 1])
        filled[gaps, stop - 1] = ((left - offset[stop - 1]) / scale[stop - 1])[gaps]
    return filled


def _some_rows(values: np.ndarray, seed: int) -> np.ndarray:
    if len(values) <= _MOST_ROWS:
        return values
    rows = np.random.default_rng(seed).choice(len(values), _MOST_ROWS, replace=False)
    return np.asarray(values[rows])


BASELINES: dict[str, Callable[[np.ndarray, TableEncoder, int], np.ndarray]] = {
    "mean or most frequent level": _by_mean,
    "10 nearest neighbors": _by_neighbors,
    "IterativeImputer, BayesianRidge": _by_ridge,
    "IterativeImputer, ExtraTrees": _by_forest,
}
