"""The arrays of a run, each of which may be missing."""

from functools import cached_property

import numpy as np
import numpy.typing as npt

from latens._identity import HELD_OUT, Identity
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

    def numbers(self, name: str, *, ndim: int = 1, rows: int | None = None) -> Integers | None:
        """Return an array of numbers from 0, or None."""
        array = self.get(name, ndim=ndim, rows=rows)
        if array is None:
            return None
        if array.dtype.kind not in "iu" or array.min() < 0 or array.max() >= _MOST_ROWS:
            self._note(f"The array '{name}' holds something else than numbers of rows.")
            return None
        return array.astype(np.int64)

    def samples(self, name: str, *, ndim: int = 1, rows: int | None = None) -> Integers | None:
        """Return an array of the places of held-out samples among all, or None."""
        numbers = self.numbers(name, ndim=ndim, rows=rows)
        if numbers is None:
            return None
        part, held_out = self.identity.part, self.identity.held_out
        if part is None or held_out is None:
            return numbers
        n = len(part if self._run.has_places else held_out)
        places = None if numbers.max() >= n else numbers
        if places is not None and not self._run.has_places:
            places = held_out[places]
        if places is None or not (part[places] == HELD_OUT).all():
            self._note(f"The array '{name}' holds something else than places of held-out samples.")
            return None
        return places

    def on_map(self) -> Integers | None:
        """Return the places of the scored samples on the maps, which stand before all others, or None."""
        numbers = self.numbers(array_names.MAP_ROWS)
        part = self.identity.part
        if numbers is None or part is None or not self._run.has_places:
            return self.samples(array_names.MAP_ROWS)
        is_held_out = numbers.max() < len(part) and part[numbers] == HELD_OUT
        n = int(np.sum(is_held_out))
        if not n or not np.all(is_held_out[:n]):
            self._note("The array 'map_rows' holds something else than places of held-out samples.")
            return None
        places: Integers = numbers[:n]
        scored = None
        if array_names.scored("test") in self._names:
            scored = self.samples(array_names.scored("test"))
        if scored is None:
            return places
        # Others of the held-out samples come behind them.
        is_scored = np.isin(places, scored)
        return places if is_scored.all() else places[: max(1, int(is_scored.argmin()))]

    @cached_property
    def identity(self) -> Identity:
        """What the samples of the run are known by."""
        try:
            return self._run.identity
        except RunError:
            self._note("The arrays that say which row of the data each sample is are damaged.")
            return Identity(None)

    def classes_of(self, places: Integers) -> Integers | None:
        """Return the labels of held-out samples; -1 stands for none."""
        y = self.classes("test")
        numbers = self.identity.to_numbers(places)
        if y is None or numbers.max(initial=0) >= len(y):
            return None
        labels: Integers = y[numbers]
        return labels

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
        if array_names.scored("test") not in self._names:
            return self.classes("test")
        places = self.samples(array_names.scored("test"))
        return None if places is None else self.classes_of(places)

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

    def among_scored(self, samples: Integers, n: int) -> Integers | None:
        """Return where held-out samples stand among the `n` scored ones."""
        known = self.scored(n)
        if known is None:
            return None
        found: Integers = np.searchsorted(known, samples).clip(0, n - 1)
        return found if np.array_equal(known[found], samples) else None

    def scored(self, n: int) -> Integers | None:
        """Return the places of the `n` scored held-out samples."""
        if array_names.scored("test") in self._names:
            return self.samples(array_names.scored("test"), rows=n)
        held_out = self.identity.held_out
        return np.arange(n) if held_out is None or len(held_out) < n else held_out[:n]

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
