"""Which samples of two runs are the same: by row of the same data, by name of others."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from latens._identity import Identity
from latens.runs import Run

__all__ = ["SameData", "same_data"]

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class SameData:
    """How far two runs are of the same data.

    Attributes
    ----------
    level : {"same", "other parts", "same names", "different"}
        The same samples in the same parts, so that scores compare; the same samples, of which others were
        held out; other data in which some samples have the same names; and none that is known to be the same.
    sentence : str
        What to know before scores are compared; empty for the same data.
    """

    level: str
    sentence: str = ""

    @property
    def scores_compare(self) -> bool:
        """Whether both runs were scored on the same samples."""
        return self.level == "same"

    @property
    def has_same_samples(self) -> bool:
        """Whether samples of both can be joined."""
        return self.level != "different"

    def partners(self, first: Identity, second: Identity) -> Integers:
        """Return the place in the second run of every sample of the first; -1 where it is not there."""
        if first.rows is None or second.rows is None or not self.has_same_samples:
            return np.full(0 if first.rows is None else len(first.rows), -1)
        if self.level == "same names":
            at = {name: place for place, name in enumerate(second.ids or ())}
            return np.array([at.get(name, -1) for name in first.ids or ()], dtype=np.int64)
        found = np.searchsorted(second.rows, first.rows).clip(0, len(second.rows) - 1)
        return np.where(second.rows[found] == first.rows, found, -1)


def same_data(first: Run, second: Run) -> SameData:
    """Say whether two runs are of the same data."""
    one, other = first.identity, second.identity
    if one.rows is None or other.rows is None:
        return SameData(
            "different",
            "A run of latens 0.1 does not say which samples it is of, so maps cannot be linked, and scores "
            "are of samples that may differ.",
        )
    if first.fingerprint == second.fingerprint:
        return SameData("same")
    if _is_same_source(first, second, one, other):
        return SameData(
            "other parts",
            "The runs are of the same source, read or split otherwise: they were scored on other samples or "
            "features, so differences of scores are no evidence. Samples are joined by row.",
        )
    shared = set(one.ids or ()) & set(other.ids or ()) - {""}
    if shared:
        return SameData(
            "same names",
            f"The runs are of different data (their fingerprints differ), so their scores do not compare. "
            f"{len(shared):,} samples have the same names and are taken for the same.",
        )
    return SameData(
        "different",
        "The runs are of different data (their fingerprints differ), so their scores do not compare and "
        "their maps cannot be linked.",
    )


def _is_same_source(first: Run, second: Run, one: Identity, other: Identity) -> bool:
    """Whether two runs read the same rows of the same place."""
    assert one.rows is not None
    assert other.rows is not None
    places = [run.data.path or run.data.source for run in (first, second)]
    if places[0] != places[1]:
        return False
    if one.ids is not None and other.ids is not None:
        return len(set(one.ids) & set(other.ids)) > 0
    n_shared = len(np.intersect1d(one.rows, other.rows))
    return 2 * n_shared > min(len(one.rows), len(other.rows))
