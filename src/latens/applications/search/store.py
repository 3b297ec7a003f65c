"""The contract of what an index keeps its items in."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any, Self

import numpy as np
import numpy.typing as npt

__all__ = ["Distances", "Places", "Store"]

Distances = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]


class Store(ABC):
    """Items one after the other, at places 0, 1, ...; an index gives them their ids.

    Attributes
    ----------
    width : int
        Numbers per item, as users see them.
    """

    width: int

    @abstractmethod
    def __len__(self) -> int:
        """How many items there are."""

    @abstractmethod
    def prepared(self, X: Any) -> Any:
        """Return items in the form that the other methods take; X has the right width.

        Raises
        ------
        DataError
            If a value is none that can be stored.
        """

    @abstractmethod
    def append(self, items: Any) -> None:
        """Add items at the end."""

    @abstractmethod
    def keep(self, is_kept: npt.NDArray[np.bool_]) -> None:
        """Drop all items but those marked; the others move up."""

    @abstractmethod
    def take(self, places: Places) -> Any:
        """Return the items at some places."""

    @abstractmethod
    def nearest(self, items: Any, k: int) -> tuple[Distances, Places]:
        """Return the k nearest of each, ascending, both of shape (n, k)."""

    @abstractmethod
    def pairs_within(self, limit: float) -> Iterator[tuple[Places, Places]]:
        """Yield all pairs that are at most so far apart, each pair once, a block at a time."""

    @abstractmethod
    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return everything, to be saved."""

    @classmethod
    @abstractmethod
    def of(cls, metric: str, width: int, arrays: Mapping[str, npt.NDArray[Any]]) -> Self:
        """Return the store of what `arrays` gave.

        Raises
        ------
        ValueError
            If an array is missing, or cannot have been given.
        """
