"""The classes that samples are known to have, and those that new ones shall have."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from latens._labels import read_partial_labels
from latens.exceptions import DataError, ParameterError

__all__ = ["Classes"]


@dataclass(frozen=True, eq=False)
class Classes:
    """The known classes of samples; -1 stands for a sample without one.

    Attributes
    ----------
    values : ndarray of shape (n_classes,)
        Sorted.
    rows : sequence of ndarray of int
        The rows of each class.
    """

    values: np.ndarray
    rows: Sequence[np.ndarray]

    @classmethod
    def of(cls, y: Any, n_samples: int) -> Self:
        """Read the labels of this many samples.

        Raises
        ------
        DataError
            If there is none, or not one for each sample.
        """
        labels = read_partial_labels(y, n_samples, "A sampler of classes")
        rows = [np.flatnonzero(labels.codes == at) for at in range(len(labels.classes))]
        return cls(labels.classes, rows)

    def wanted(self, y: Any, n_samples: int, rng: np.random.Generator) -> np.ndarray:
        """Return the place in `values` of the class of each new sample, shape (n_samples,).

        Parameters
        ----------
        y : class, array-like of shape (n_samples,) or None
            One class for all, one for each, or None to draw them as often as they are known.
        n_samples : int
        rng : Generator

        Raises
        ------
        ParameterError
            If a class is not known.
        DataError
            If there are more or fewer classes than samples.
        """
        if y is None:
            sizes = np.array([len(rows) for rows in self.rows])
            return rng.choice(len(sizes), n_samples, p=sizes / sizes.sum())
        asked = np.asarray(y)
        if asked.ndim == 0:
            asked = np.repeat(asked, n_samples)
        if asked.shape != (n_samples,):
            raise DataError(
                f"y must be one class or have the shape ({n_samples},). Got shape {asked.shape}."
            )
        place = {value: at for at, value in enumerate(self.values.tolist())}
        unknown = [value for value in asked.tolist() if value not in place]
        if unknown:
            known = ", ".join(map(str, self.values.tolist()))
            raise ParameterError(f"There is no class {unknown[0]!r} to sample. Known: {known}.")
        return np.array([place[value] for value in asked.tolist()])
