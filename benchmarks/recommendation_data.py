"""The events of a recommendation race and their score, for every environment: NumPy and SciPy alone."""

import os
from pathlib import Path

import numpy as np
from scipy import sparse

__all__ = ["ndcg", "split"]


def split(settings: dict) -> tuple[sparse.csr_matrix, sparse.csr_matrix, sparse.csr_matrix]:
    """Rows to learn from, and what is shown and hidden of a tenth of the users, held out whole."""
    path = Path(os.environ["LATENS_DATA"].split(os.pathsep)[0]) / settings["data"] / "u.data"
    user, item, rating = np.loadtxt(path, dtype=int, usecols=(0, 1, 2)).T
    liked = rating >= 4
    ones = np.ones(int(liked.sum()), dtype=np.float32)
    matrix = sparse.csr_matrix((ones, (user[liked], item[liked])))
    matrix = matrix[np.diff(matrix.indptr) >= 5]
    rng = np.random.default_rng(settings["seed"])
    order = rng.permutation(matrix.shape[0])
    n_test = round(0.1 * matrix.shape[0])
    train = matrix[np.sort(order[n_test:])]
    kept = np.flatnonzero(train.getnnz(axis=0))
    test = matrix[np.sort(order[:n_test])][:, kept].tocoo()
    # The first fifth of every user's items in a random order is hidden.
    chance = np.lexsort((rng.random(test.nnz), test.row))
    rows, columns = test.row[chance], test.col[chance]
    counts = np.bincount(rows, minlength=n_test)
    rank = np.arange(len(rows)) - (np.cumsum(counts) - counts)[rows]
    hidden = rank < np.maximum(1, counts // 5)[rows]
    ones = np.ones(len(rows), dtype=np.float32)
    shown, target = (
        sparse.csr_matrix((ones[part], (rows[part], columns[part])), shape=test.shape)
        for part in (~hidden, hidden)
    )
    return train[:, kept].tocsr(), shown, target


def ndcg(ranked: np.ndarray, target: sparse.csr_matrix, k: int = 100) -> float:
    """Mean NDCG at k of rankings, shape (n_users, k)."""
    gains = 1 / np.log2(np.arange(2, k + 2))
    values = []
    for row, items in enumerate(ranked[:, :k]):
        wanted = set(target[row].indices)
        if wanted:
            hits = np.array([item in wanted for item in items])
            values.append(float(hits @ gains[: len(hits)] / gains[: min(k, len(wanted))].sum()))
    return float(np.mean(values))
