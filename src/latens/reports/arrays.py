"""The arrays of a run, each of which may be missing."""

import numpy as np
import numpy.typing as npt

from latens.exceptions import RunError
from latens.runs import Run

__all__ = ["Arrays"]


class Arrays:
    """Arrays by name; None for one that is missing, damaged or of the wrong shape.

    Parameters
    ----------
    run : Run

    Attributes
    ----------
    problems : list of str
        One sentence for every array that is there and cannot be used.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._names = set(run.arrays())
        self.problems: list[str] = []

    def get(
        self, name: str, *, ndim: int | None = None, rows: int | None = None
    ) -> npt.NDArray[np.generic] | None:
        """Return an array, or None.

        Parameters
        ----------
        name : str
        ndim, rows : int, optional
            What its dimensions and its length must be.
        """
        if name not in self._names:
            return None
        try:
            array = self._run.array(name)
        except RunError:
            self._note(f"The array '{name}' is damaged.")
            return None
        problem = _problem(array, ndim, rows)
        if problem:
            self._note(f"The array '{name}' {problem}.")
            return None
        return array

    def labels(self) -> npt.NDArray[np.int64] | None:
        """Return the labels of the scored held-out samples."""
        y = self.get("y_test", ndim=1)
        if y is None:
            return None
        labels: npt.NDArray[np.int64] = y.astype(np.int64)
        scored = self.get("scored_test", ndim=1)
        if scored is None:
            return labels
        places = scored.astype(np.int64)
        return labels[places] if places.min() >= 0 and places.max() < len(labels) else None

    def clusters(self, representation: str) -> npt.NDArray[np.int64] | None:
        """Return the clusters of the scored held-out samples."""
        clusters = self.get(f"clusters_{representation}_test", ndim=1)
        return None if clusters is None else clusters.astype(np.int64)

    def places(self, rows: npt.NDArray[np.generic], n: int) -> npt.NDArray[np.int64] | None:
        """Return where rows of the held-out part stand among its `n` scored rows."""
        scored = self.get("scored_test", ndim=1, rows=n)
        known = np.arange(n) if scored is None else scored.astype(np.int64)
        wanted = rows.astype(np.int64)
        places: npt.NDArray[np.int64] = np.searchsorted(known, wanted).clip(0, n - 1)
        return places if np.array_equal(known[places], wanted) else None

    def _note(self, problem: str) -> None:
        if problem not in self.problems:
            self.problems.append(problem)


def _problem(array: npt.NDArray[np.generic], ndim: int | None, rows: int | None) -> str:
    """What is wrong with an array, as the end of a sentence; empty if nothing is."""
    if array.dtype.kind not in "biuf" or array.size == 0:
        return "holds no numbers"
    if ndim is not None and array.ndim != ndim:
        return f"should have {ndim} dimensions, not {array.ndim}"
    if rows is not None and len(array) != rows:
        return f"should have {rows} rows, not {len(array)}"
    return ""
