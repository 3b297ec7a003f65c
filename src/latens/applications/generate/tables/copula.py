"""A Gaussian copula of the columns of a table: what a synthesizer without a network makes of it."""

from typing import Self

import numpy as np
from scipy.special import ndtr, ndtri

from latens._column_blocks import ColumnBlock
from latens.data import TableEncoder

__all__ = ["GaussianCopula"]

_LEAST = 1e-6


class GaussianCopula:
    """Draws rows whose columns are distributed as real ones and related as normal scores are.

    Each column is put in an order, levels in that of the table's features; equal cells anywhere among
    themselves. The correlations of the normal scores of the ranks are what is known of relations.

    References
    ----------
    Patki, Wedge and Veeramachaneni (2016), The synthetic data vault. IEEE DSAA,
    doi:10.1109/DSAA.2016.49.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"plan": ["plus", "basic"] * 30, "age": [20, 31, 42] * 20})
    >>> encoder = TableEncoder().fit(table)
    >>> copula = GaussianCopula(encoder).fit(encoder.features(table), seed=0)
    >>> encoder.rows(copula.sample(3, seed=0)).columns.tolist()
    ['plan', 'age']
    """

    def __init__(self, encoder: TableEncoder) -> None:
        self.encoder = encoder

    def fit(self, features: np.ndarray, seed: int) -> Self:
        """Learn from features of real rows, in the user's units, shape (n_rows, n_features)."""
        rng = np.random.default_rng(seed)
        keys = [_key(features, block) for block in self.encoder.blocks_]
        gaps = [features[:, block.gap] for block in self.encoder.blocks_ if block.gap is not None]
        columns = keys + gaps
        scores = np.array([_scores(column, rng) for column in columns])
        # Columns that are constant have noise for scores, and relations of noise alone.
        sizes, axes = np.linalg.eigh(np.atleast_2d(np.corrcoef(scores)))
        self._root = axes * np.sqrt(sizes.clip(0))
        self._sorted = [np.sort(column) for column in columns]
        return self

    def sample(self, n: int, seed: int) -> np.ndarray:
        """Return features of new rows, in the user's units, shape (n, n_features)."""
        rng = np.random.default_rng(seed)
        ranks = ndtr(rng.standard_normal((n, len(self._root))) @ self._root.T)
        drawn = [
            known[np.minimum((rank * len(known)).astype(int), len(known) - 1)]
            for rank, known in zip(ranks.T, self._sorted, strict=True)
        ]
        features = np.zeros((n, self.encoder.n_features))
        for block, values in zip(self.encoder.blocks_, drawn, strict=False):
            if block.kind == "category":
                features[np.arange(n), block.start + values.astype(int)] = 1
            else:
                features[:, block.start] = values
        marked = [block.gap for block in self.encoder.blocks_ if block.gap is not None]
        for place, values in zip(marked, drawn[len(self.encoder.blocks_) :], strict=True):
            features[:, place] = values
        return features


def _key(features: np.ndarray, block: ColumnBlock) -> np.ndarray:
    """What a column is put in order by: its numbers, or the places of its levels."""
    if block.kind == "category":
        return features[:, block.start : block.stop].argmax(axis=1).astype(np.float64)
    if block.kind == "truth":
        return np.asarray(features[:, block.start] >= 0.5, dtype=np.float64)
    return features[:, block.start].astype(np.float64)


def _scores(values: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Normal scores of ranks, equal values in any order."""
    order = np.lexsort((rng.random(len(values)), values))
    ranks = np.empty(len(values))
    ranks[order] = (np.arange(len(values)) + 0.5) / len(values)
    return np.asarray(ndtri(ranks.clip(_LEAST, 1 - _LEAST)))
