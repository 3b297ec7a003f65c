"""The nearest neighbors of a few samples, by every representation."""

import numpy as np

from latens.pairwise import nearest_rows
from latens.runs import Run, array_names
from latens.studies.preparation import Prepared
from latens.studies.representations import Representation

__all__ = ["write_similar"]

_QUERIES, _NEIGHBORS = 6, 7


def write_similar(run: Run, data: Prepared, representations: list[Representation]) -> None:
    """Write a few held-out samples, each followed by its nearest held-out neighbors.

    Parameters
    ----------
    run : Run
    data : Prepared
    representations : list of Representation
        By whose codes neighbors are found, the nearest first; distances are Euclidean.
    """
    n = len(data.scored_test)
    queries = np.unique(np.linspace(0, n - 1, min(_QUERIES, n)).astype(int))
    for one in representations:
        places = _nearest(one.test, queries)
        rows = data.scored_test[places]
        run.write_array(array_names.neighbors(one.name), data.places(rows))
        run.write_array(array_names.similar(one.name), data.test.X[rows])


def _nearest(codes: np.ndarray, queries: np.ndarray) -> np.ndarray:
    """Positions of shape (queries, 1 + neighbors): each query itself, then the others by distance."""
    n_others = min(_NEIGHBORS, len(codes) - 1)
    if not n_others:
        return queries[:, None]
    return np.column_stack([queries, nearest_rows(codes[queries], codes, n_others, own=queries)[1]])
