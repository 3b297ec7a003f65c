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
        texts = self._texts(rows)
        apart = self._apart(rows)
        return [self._of_one(apart[place], texts, place) for place in range(1, len(rows))]

    def _apart(self, rows: np.ndarray) -> np.ndarray:
        """How far each row is from the first one in each column, in deviations."""
        scaled = self.encoder.scaling_.apply(rows.astype(np.float64))
        squared = np.square(scaled - scaled[0])
        columns = []
        for block in self.encoder.blocks_:
            places = [*block.places, *([] if block.gap is None else [block.gap])]
            columns.append(squared[:, places].sum(axis=1))
        return np.sqrt(np.array(columns).T)

    def _texts(self, rows: np.ndarray) -> dict[str, list[str]]:
        frame = self.encoder.rows(rows)
        return {
            name: [_text(cell) for cell in frame[name].tolist()]
            for name in self.encoder.learned_names
        }

    def _of_one(self, apart: np.ndarray, texts: dict[str, list[str]], place: int) -> str:
        names = self.encoder.learned_names
        largest = np.argsort(-apart, kind="stable")[:_NAMED]
        differing = [names[at] for at in largest if apart[at] > _LEAST]
        words = [f"{name} = {texts[name][place]} (not {texts[name][0]})" for name in differing]
        return ", ".join(words) or "nothing"


def _text(cell: object) -> str:
    """A cell as people write it; whole numbers beside gaps have no decimals."""
    text = str(cell).removesuffix(" 00:00:00").removesuffix(".0")
    return "missing" if text in ("nan", "NaT", "<NA>", "None") else text
