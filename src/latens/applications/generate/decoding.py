"""What a sampler makes of the codes that it has drawn."""

from typing import Any

import numpy as np

from latens.data.table_encoding.cell_draws import CellDraws
from latens.exceptions import ParameterError

__all__ = ["cell_draws_for", "decoded"]


def cell_draws_for(model: Any, codes: np.ndarray) -> CellDraws | None:
    """Return how cells are drawn for codes like many given ones; None where samples are no rows of cells."""
    if getattr(model, "table_encoder_", None) is None:
        return None
    draws: CellDraws = model.cell_draws(codes)
    return draws


def decoded(
    model: Any,
    codes: np.ndarray,
    seed: int,
    *,
    cells: CellDraws | None = None,
    complete: bool = False,
) -> Any:
    """Return new samples of codes: what is decoded, or rows of a table with each cell drawn.

    Parameters
    ----------
    model : estimator
        Fitted.
    codes : ndarray of shape (n, latent_dim)
    seed : int
    cells : CellDraws or None, default=None
        None: those of codes that the model draws itself.
    complete : bool, default=False
        Whether no cell is a gap.
    """
    encoder = getattr(model, "table_encoder_", None)
    if encoder is None:
        if complete:
            raise ParameterError("Only rows of a table with gaps can be asked for without them.")
        return np.asarray(model.inverse_transform(codes))
    features = model.drawn_features(codes, seed, cells=cells, complete=complete)
    return encoder.rows(features) if model.gives_rows_ else features
