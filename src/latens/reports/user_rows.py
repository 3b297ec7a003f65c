"""Samples of a table of mixed columns as rows of the user's columns, in words."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from latens.data.table_encoding.encoder import TableEncoder, TableFacts
from latens.reports.formatting import MISSING
from latens.reports.run_data import RunData

__all__ = ["UserRows", "user_rows"]


@dataclass(frozen=True)
class UserRows:
    """Makes rows of the columns that were learned from.

    Attributes
    ----------
    encoder : TableEncoder
        What the columns are.
    """

    encoder: TableEncoder

    @property
    def names(self) -> list[str]:
        """What the columns are called."""
        return self.encoder.learned_names

    def texts(self, samples: npt.NDArray[np.generic]) -> list[list[str]]:
        """Return the cells of each sample of shape (n_samples, n_features)."""
        frame = self.encoder.rows(np.asarray(samples))
        columns = [[_text(cell) for cell in frame[name].tolist()] for name in self.names]
        return [list(row) for row in zip(*columns, strict=True)]


def user_rows(run: RunData) -> UserRows | None:
    """Return what makes rows of a run's samples; None where these are no rows of mixed columns."""
    if run.cells is None or run.data.table is None:
        return None
    return UserRows(TableEncoder.restored(TableFacts.model_validate(run.data.table)))


def _text(cell: object) -> str:
    """A cell as people write it; whole numbers beside gaps have no decimals."""
    text = str(cell).removesuffix(" 00:00:00").removesuffix(".0")
    return MISSING if text in ("nan", "NaT", "<NA>", "None") else text
