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
        rows = self.encoder.texts(np.asarray(samples))
        return [[MISSING if cell is None else cell for cell in row] for row in rows]


def user_rows(run: RunData) -> UserRows | None:
    """Return what makes rows of a run's samples; None where these are no rows of mixed columns."""
    if run.cells is None or run.data.table is None:
        return None
    return UserRows(TableEncoder.restored(TableFacts.model_validate(run.data.table)))
