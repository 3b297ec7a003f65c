"""The model and the data that the arguments of a command mean."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from latens.exceptions import DataError, ParameterError

if TYPE_CHECKING:
    from latens.data import Dataset, Split
    from latens.models import BaseAutoencoder

__all__ = ["load_for", "model_and_data"]


def model_and_data(run: Path, model: str | None, data: str | None) -> tuple[Path, str]:
    """Return the folder of the model, and the data to use it on."""
    if (run / "model.json").is_file():
        if data is None:
            raise typer.BadParameter("A saved model has no data of its own; give DATA.")
        return run, data
    from latens.runs import Run

    opened = Run.open(run)
    _, folder = opened.trained_model(model)
    return folder, data or opened.info["study"]["data"]["source"]


def load_for(fitted: "BaseAutoencoder", source: str, split: "Split" = "all") -> "Dataset":
    """Load data, images brought to the size and the colours that the model knows."""
    from dataclasses import replace

    import numpy as np

    from latens.data import load

    shape = fitted.input_shape_
    try:
        dataset = load(source, split, image_size=shape[:2] if len(shape) > 1 else None)
    except ParameterError:
        # The source is no folder of image files, so its images have the size they have.
        dataset = load(source, split)
    X: Any = dataset.X
    if len(shape) == 3 and X.ndim == 3:
        X = np.repeat(X[..., None], shape[2], axis=-1)
    elif len(shape) == 2 and X.ndim == 4:
        raise DataError(f"'{dataset.name}' is in colour, but the model was trained on grey images.")
    return replace(dataset, X=X)
