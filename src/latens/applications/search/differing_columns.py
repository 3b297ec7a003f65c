"""In which columns of a table a neighbor differs most from its query, in the user's units."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from latens.data import TableEncoder

__all__ = ["DifferingColumns"]

_NAMED, _LEAST = 3, 0.1


@dataclass(frozen=True)
class DifferingColumns:
    """Names the columns in which rows differ most, each with both cells.

    Attributes
    ----------
    encoder : TableEncoder
        What the columns are.
    """

    encoder: "TableEncoder"

    def words(self, query: np.ndarray, neighbors: np.ndarray) -> list[str]:
        """Return for each neighbor the columns in which it differs most, such as "orders = 9 (not 4)".

        Parameters
        ----------
        query : ndarray of shape (n_features,)
            In the user's units.
        neighbors : ndarray of shape (n_neighbors, n_features)
        """
        rows = np.concatenate([query[None], neighbors])
        texts = [
            ["missing" if cell is None else cell for cell in row]
            for row in self.encoder.texts(rows)
        ]
        apart = self._apart(rows)
        return [self._of_one(apart[place], texts[place], texts[0]) for place in range(1, len(rows))]

    def _apart(self, rows: np.ndarray) -> np.ndarray:
        """How far each row is from the first one in each column, in deviations."""
        scaled = self.encoder.scaling_.apply(rows.astype(np.float64))
        squared = np.square(scaled - scaled[0])
        columns = []
        for block in self.encoder.blocks_:
            places = [*block.places, *([] if block.gap is None else [block.gap])]
            columns.append(squared[:, places].sum(axis=1))
        return np.sqrt(np.array(columns).T)

    def _of_one(self, apart: np.ndarray, cells: list[str], asked: list[str]) -> str:
        names = self.encoder.learned_names
        largest = np.argsort(-apart, kind="stable")[:_NAMED]
        words = [
            f"{names[at]} = {cells[at]} (not {asked[at]})" for at in largest if apart[at] > _LEAST
        ]
        return ", ".join(words) or "nothing"
