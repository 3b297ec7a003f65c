"""What an estimator is given as a table of mixed columns, to fit or to use."""

from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.utils.validation import check_is_fitted, validate_data

from latens._text import listed
from latens.data.table_encoding.columns import OmittedColumn
from latens.data.table_encoding.encoder import TableEncoder
from latens.data.table_encoding.frames import as_frame, is_mixed, is_table
from latens.data.warning import warn_caller
from latens.exceptions import DataError, ParameterError

__all__ = ["features_of_table", "learned_table", "settled_encoder"]


def settled_encoder(X: Any, encoder: TableEncoder | None) -> tuple[TableEncoder | None, bool]:
    """Return the encoder for samples to learn from, and whether these are a table that it is to encode.

    Parameters
    ----------
    X : array-like or table
    encoder : TableEncoder or None
        As a user gave it, fitted or not.
    """
    if encoder is None:
        return (TableEncoder(), True) if is_mixed(X) else (None, False)
    if not isinstance(encoder, TableEncoder):
        raise ParameterError(
            f"The 'encoder' parameter of fit must be a TableEncoder. Got {type(encoder).__name__} instead."
        )
    if is_table(X):
        return clone(encoder), True
    check_is_fitted(
        encoder, msg="The encoder of an array must be fitted; give fit the table itself."
    )
    width = np.shape(X)[1:]
    if width != (encoder.n_features,):
        raise DataError(
            f"X must be the {encoder.n_features} features of the encoder. Got samples of shape {width}."
        )
    return (None if encoder.is_plain else encoder.rescaled(np.asarray(X))), False


def learned_table(estimator: Any, X: Any) -> np.ndarray:
    """Fit the estimator's encoder on a table; return the features, and set what other samples would set."""
    encoder = estimator.table_encoder_
    if len(X) < 2:
        raise DataError(f"A table to learn from needs at least 2 rows. Got {len(X)}.")
    frame, source = as_frame(X)
    features: np.ndarray = encoder.learn(frame, "The table", source=source)
    _warn_of_left_out(encoder)
    estimator.n_features_in_ = encoder.n_features_in_
    estimator.feature_names_in_ = encoder.feature_names_in_
    estimator.layout_, estimator.input_shape_ = "table", features.shape[1:]
    estimator.given_shape_ = estimator.input_shape_
    return features


def _warn_of_left_out(encoder: TableEncoder) -> None:
    # That names of rows say nothing of a row is no news.
    left = [
        column
        for column in encoder.columns_
        if isinstance(column, OmittedColumn) and not column.is_identifier
    ]
    if left:
        why = listed([f"{column.name}: {column.why}" for column in left])
        warn_caller(f"Of the table, columns were left out: {why}.")


def features_of_table(estimator: Any, X: Any) -> np.ndarray:
    """Return the features of a table with the columns that an estimator was fitted on.

    Parameters
    ----------
    estimator : fitted estimator
    X : table, or array-like of shape (n_samples, n_columns) or (n_samples, n_features)
        An array may also hold the features themselves.
    """
    encoder = estimator.table_encoder_
    if is_table(X):
        if estimator.gives_rows_:
            # The same names in the same order, as scikit-learn wants them.
            validate_data(estimator, as_frame(X)[0], reset=False, skip_check_array=True)
        features: np.ndarray = encoder.features(X)
        return features
    values = np.asarray(X)
    if (
        values.dtype.kind in "biuf"
        and values.shape[1:] == (encoder.n_features,)
        and (encoder.n_features != encoder.n_features_in_ or np.isfinite(values).all())
    ):
        if not np.isfinite(values).all():
            raise DataError("The features of a table hold values that are no finite numbers.")
        return values
    return np.asarray(encoder.features(values))
