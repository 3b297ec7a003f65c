"""Other data than those that a model has learned from, read in the same way."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from latens.data import Dataset, Split
from latens.data.converted import load_beside_labels, load_converted
from latens.data.image_depth import check_depth
from latens.data.image_files import ENDINGS
from latens.exceptions import DataError, ParameterError
from latens.models import BaseAutoencoder

__all__ = ["check_shape", "load_new_data"]


def load_new_data(
    model: BaseAutoencoder,
    source: str | os.PathLike[str],
    split: Split = "all",
    *,
    feature_names: Sequence[str] | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Dataset:
    """Load samples to use a model on, images in the size and the colors that it knows.

    Parameters
    ----------
    model : autoencoder
        Fitted.
    source, split
        Those of `load`.
    feature_names : sequence of str or None, default=None
        The columns of the table that the model has learned from. None: the columns of the source.
    settings : mapping or None, default=None
        How the data that it has learned from were read. What counts are `grey`, `pad`, `layout`, and
        `label_column` and `id_column`, which a table need not have.

    Raises
    ------
    DataError
        If the source cannot be read, lacks columns, or has images of another depth or in color.

    Examples
    --------
    >>> from latens.applications import load_new_data
    >>> from latens.data import load
    >>> from latens.models import Autoencoder
    >>> from latens.training import Trainer
    >>> model = Autoencoder(2, trainer=Trainer(max_epochs=1, callbacks=())).fit(load("digits").X)
    >>> load_new_data(model, "digits").X.shape
    (1797, 8, 8)
    """
    settings = settings or {}
    is_table = len(model.input_shape_) == 1
    # A model of mixed columns knows them itself.
    known: dict[str, Any] = {"feature_names": feature_names}
    if model.table_encoder_ is not None:
        known = {"encoder": model.table_encoder_}
    columns = {
        "label_column": settings.get("label_column"),
        "id_column": settings.get("id_column") if is_table else None,
    }
    load: Any
    if any(columns.values()):
        return load_beside_labels(source, split, **known, **columns)
    border = settings.get("pad", 0)
    is_array = Path(source).is_file() and Path(source).suffix.lower() not in ENDINGS
    load = partial(
        load_converted,
        grey=settings.get("grey", False),
        pad=border,
        **known,
        layout=settings.get("layout") if is_array else None,
    )
    size = None if is_table else tuple(side - 2 * border for side in model.input_shape_[:2])
    try:
        dataset = load(source, split, image_size=size)
    except ParameterError:
        # The source is no folder of image files, so its images have the size they have.
        dataset = load(source, split)
    check_depth(dataset, model.scaling_)
    return _in_known_colors(dataset, model.input_shape_)


def check_shape(dataset: Dataset, model: BaseAutoencoder) -> None:
    """Refuse samples of another shape than those that a model has learned from.

    Raises
    ------
    DataError
        If it differs.
    """
    if dataset.X.shape[1:] != model.input_shape_:
        raise DataError(
            f"The samples of '{dataset.name}' have the shape {dataset.X.shape[1:]}, those that the model has "
            f"learned from {model.input_shape_}. Give data like those it was trained on."
        )


def _in_known_colors(dataset: Dataset, shape: tuple[int, ...]) -> Dataset:
    X = dataset.X
    if len(shape) == 3 and X.ndim == 3:
        return replace(dataset, X=np.repeat(X[..., None], shape[2], axis=-1))
    if len(shape) == 2 and X.ndim == 4:
        raise DataError(f"'{dataset.name}' is in color, but the model was trained on grey images.")
    return dataset
