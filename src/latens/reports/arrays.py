"""The arrays of a run, each of which may be missing."""

import numpy as np
import numpy.typing as npt

from latens.exceptions import RunError
from latens.runs import Run, array_names

__all__ = ["Arrays"]

Integers = npt.NDArray[np.int64]

# Row numbers are written into tables and compared; more rows than this no array has.
_MOST_ROWS = 2**53


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
        self._n_classes = len(run.data.names or ())
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

    def rows(
        self, name: str, *, ndim: int = 1, rows: int | None = None, below: int | None = None
    ) -> Integers | None:
        """Return an array of row numbers, all of them `below` a number, or None."""
        array = self.get(name, ndim=ndim, rows=rows)
        if array is None:
            return None
        most = _MOST_ROWS if below is None else below
        if array.dtype.kind not in "iu" or array.min() < 0 or array.max() >= most:
            self._note(f"The array '{name}' holds something else than numbers of rows.")
            return None
        return array.astype(np.int64)

    def classes(self, part: str) -> Integers | None:
        """Return the labels of all samples of a part, "train" or "test"; -1 stands for none."""
        name = array_names.labels(part)
        y = self.get(name, ndim=1)
        if y is None:
            return None
        # A number beyond all rows and names is no class; whoever counts to it runs out of memory.
        if y.dtype.kind not in "iu" or y.max() >= max(len(y), self._n_classes):
            self._note(f"The array '{name}' holds something else than numbers of classes.")
            return None
        return np.maximum(y.astype(np.int64), -1)

    def labels(self) -> Integers | None:
        """Return the labels of the scored held-out samples."""
        labels = self.classes("test")
        if labels is None or array_names.scored("test") not in self._names:
            return labels
        places = self.rows(array_names.scored("test"), below=len(labels))
        return None if places is None else labels[places]

    def clusters(self, representation: str) -> Integers | None:
        """Return the clusters of the scored held-out samples."""
        name = array_names.clusters(representation)
        clusters = self.get(name, ndim=1)
        if clusters is None:
            return None
        if clusters.dtype.kind not in "iu" or not 0 <= clusters.min() <= clusters.max() < len(
            clusters
        ):
            self._note(f"The array '{name}' holds something else than numbers of clusters.")
            return None
        return clusters.astype(np.int64)

    def places(self, rows: Integers, n: int) -> Integers | None:
        """Return where rows of the held-out part stand among its `n` scored rows."""
        known = (
            self.rows(array_names.scored("test"), rows=n)
            if array_names.scored("test") in self._names
            else np.arange(n)
        )
        if known is None:
            return None
        places: Integers = np.searchsorted(known, rows).clip(0, n - 1)
        return places if np.array_equal(known[places], rows) else None

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
