"""What an estimator is given to fit or to use, checked as scikit-learn does, and images too."""

from math import prod
from typing import Any, cast

import numpy as np
from sklearn.utils import check_array
from sklearn.utils.validation import validate_data

from latens._validation import Options, check_value, forget_feature_names
from latens.data.arrays import as_array
from latens.data.layouts import LAYOUTS, Guess, Layout, arranged, guess_layout, layout_known_to
from latens.data.warning import warn_caller
from latens.exceptions import DataError

__all__ = ["checked_samples"]


def checked_samples(
    estimator: Any,
    X: Any,
    *,
    reset: bool = False,
    layout: Layout | None = None,
    model: Any = None,
) -> np.ndarray:
    """Return samples as an array in the standard layout; check their shape against the fitted one.

    Parameters
    ----------
    estimator : estimator
        With `reset` it gets `input_shape_`, `n_features_in_` and, of tables, `feature_names_in_`; and
        `layout_` and `given_shape_`, what the axes mean and the shape of a sample as it was given.
    X : array-like of shape (n_samples, n_features), (n_samples, height, width) or \
            (n_samples, height, width, channels)
    reset : bool, default=False
        Whether these samples are to be fitted.
    layout : Layout or None, default=None
        What the axes mean, with `reset`; None tells by shape and values, and warns where that is a guess.
    model : estimator or None, default=None
        A model that the estimator uses. If it is fitted and knows samples of this shape, they have its
        layout.

    Raises
    ------
    DataError
        If the shape is not the fitted one, or a value is no finite number.
    ValueError
        If scikit-learn refuses them: other columns, too few samples.
    """
    names = getattr(X, "columns", None)
    X = X if names is not None else as_array(X)
    try:
        checked = np.asarray(_checked(estimator, X, reset=reset))
    except (ValueError, TypeError) as error:
        if names is not None:
            # Names the columns that are no numbers, where scikit-learn says only that one is not.
            as_array(X)
        elif X.dtype.kind == "O":
            _check_cells(X)
        if "NaN" in str(error) or "infinity" in str(error):
            raise _not_finite(as_array(X), names, estimator) from error
        raise
    if names is not None and checked.dtype.kind == "O":
        checked = as_array(X)
    if reset:
        known = layout_known_to(model, checked.shape[1:])
        return _learned(estimator, checked, layout or known)
    return _as_learned(estimator, checked)


def _check_cells(X: np.ndarray) -> None:
    """Name what stands in an array of objects instead of numbers, with the way out."""
    for place, cell in enumerate(X.flat):
        if isinstance(cell, list | tuple | np.ndarray):
            raise DataError(
                "X holds arrays or lists in its cells. Give one array of all: np.stack(X)."
            )
        # In a table of more columns scikit-learn's own TypeError says it, which its checks ask for.
        if isinstance(cell, dict) and X.ndim == 1:
            raise DataError(
                "X holds dictionaries. Give a table of them: pandas.DataFrame(list(X))."
            )
        if cell is None:
            row = place // max(1, X[0].size if X.ndim > 1 else 1)
            raise DataError(
                f"X has None in sample {row} (counted from 0). Drop such samples or fill the values first."
            )


def _learned(estimator: Any, X: np.ndarray, layout: Layout | None) -> np.ndarray:
    """Settle what the axes of samples to learn from mean."""
    if layout is None:
        guess = guess_layout(X)
        if guess.why:
            warn_caller(
                f"{guess.why}; {guess.way_out}. fit(X, layout={guess.layout!r}) says so without this warning."
            )
    else:
        check_value("fit", "layout", layout, (Options(LAYOUTS),))
        guess = Guess(layout)
    samples = arranged(X, guess.layout)
    estimator.layout_, estimator.given_shape_ = guess.layout, X.shape[1:]
    estimator.input_shape_ = samples.shape[1:]
    return samples


def _as_learned(estimator: Any, X: np.ndarray) -> np.ndarray:
    """Bring samples to the layout of those learned from; refuse what is of another shape."""
    # Models of version 0.1 know none of it.
    layout = cast(Layout, getattr(estimator, "layout_", "images"))
    expected = tuple(estimator.input_shape_)
    given = tuple(getattr(estimator, "given_shape_", expected))
    if X.shape[1:] == given:
        return arranged(X, layout) if given != expected or layout == "channels-first" else X
    if X.shape[1:] != expected:
        raise _other_shape(estimator, X.shape, given)
    return X


def _other_shape(estimator: Any, shape: tuple[int, ...], given: tuple[int, ...]) -> DataError:
    """What is wrong with a shape, and the way out where it is plain."""
    way_out = ""
    if shape == given:
        way_out = " One sample needs an axis in front: X[None]."
    elif len(shape) == 4 and (*shape[2:], shape[1]) == given:
        way_out = " Its channels come first: np.moveaxis(X, 1, -1) moves them last."
    elif len(shape) == 4 and (shape[3], *shape[1:3]) == given:
        way_out = " Its channels come last: np.moveaxis(X, -1, 1) moves them first."
    elif len(shape) == 2 and prod(given) == shape[1]:
        way_out = f" X.reshape(-1, {', '.join(map(str, given))}) has that shape."
    return DataError(
        f"X has samples of shape {shape[1:]}, but this {type(estimator).__name__} was fitted on samples of "
        f"shape {given}.{way_out}"
    )


def _checked(estimator: Any, X: Any, *, reset: bool) -> Any:
    """What scikit-learn makes of samples; images get the attributes that it sets on tables."""
    least = 2 if reset else 1
    if np.ndim(X) <= 2:
        return validate_data(estimator, X, reset=reset, ensure_min_samples=least)
    checked = check_array(X, allow_nd=True, ensure_min_samples=least, estimator=estimator)
    if reset:
        estimator.n_features_in_ = prod(checked.shape[1:])
        forget_feature_names(estimator)
    return checked


def _not_finite(X: np.ndarray, names: Any, estimator: Any) -> DataError:
    """What is wrong with values that are no finite numbers, and where."""
    is_wrong = ~np.isfinite(np.asarray(X, dtype=np.float64))
    first = tuple(int(place) for place in np.argwhere(is_wrong)[0])
    what = "NaN" if np.isnan(float(X[first])) else "infinity"
    return DataError(
        f"Input X of {type(estimator).__name__} contains {what}, first in {_place(first, names)}, counted "
        f"from 0; {is_wrong.sum():,} of its values are no finite numbers. Fill them, or leave their rows or "
        "columns out."
    )


def _place(first: tuple[int, ...], names: Any) -> str:
    row, *rest = first
    if len(rest) == 1:
        column = f"column {rest[0]}" if names is None else f"column '{list(names)[rest[0]]}'"
        return f"row {row}, {column}"
    return f"sample {row} at {tuple(rest)}"
