"""These metrics ask a classifier what synthetic rows of a table are worth.

Histograms of gradients are boosted (scikit-learn's `HistGradientBoostingClassifier`), which takes levels and
gaps as they are, and is hard to fool.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from latens.exceptions import DataError
from latens.metrics.mixed_tables import MixedTable

__all__ = ["detection_auc", "utility"]

_FOLDS = 3
# The most levels of a column that histograms have bins for.
_MOST_LEVELS = 255


def detection_auc(real: MixedTable, synthetic: MixedTable, *, random_state: int = 0) -> float:
    """Return how well a classifier tells real from synthetic rows: cross-validated AUC.

    0.5: not at all, which is best; 1: always.

    Parameters
    ----------
    real, synthetic : MixedTable
        At least 6 rows each; the first rows of the larger one are left out.
    random_state : int in [0, inf), default=0
    """
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    n = min(len(real), len(synthetic))
    if n < 2 * _FOLDS:
        raise DataError(f"A classifier needs at least {2 * _FOLDS} rows of each table. Got {n}.")
    parts = [one.take(slice(len(one) - n, None)) for one in (real, synthetic)]
    X = np.concatenate([_matrix(one) for one in parts])
    y = np.repeat([0, 1], n)
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=random_state)
    learner = _learner(real, classifies=True, seed=random_state)
    probable = cross_val_predict(learner, X, y, cv=folds, method="predict_proba")[:, 1]
    return _auc(y, probable)


def utility(rows: MixedTable, held_out: MixedTable, column: int, *, random_state: int = 0) -> float:
    """Return how well a model that learned from rows predicts a column of held-out rows from the others.

    Of levels it is the area under the ROC curve, each level against the rest where there are more than two,
    weighted by how many rows have it; of numbers the explained share of the variance, R2. Synthetic rows are
    as useful as real ones where they reach the same.

    Parameters
    ----------
    rows : MixedTable
        What is learned from, real or synthetic.
    held_out : MixedTable
        Real rows that synthetic ones were not made of.
    column : int
        Its place: numbers come first, then levels.
    random_state : int in [0, inf), default=0

    Returns
    -------
    float
        NaN where there is nothing to tell apart, in one of both.
    """
    classifies = column >= rows.numbers.shape[1]
    X, y, rest = _split(rows, column)
    X_test, y_test, _ = _split(held_out, column)
    if len(np.unique(y)) < 2 or len(np.unique(y_test)) < 2:
        return float("nan")
    learner = _learner(rest, classifies=classifies, seed=random_state).fit(X, y)
    if classifies:
        return _auc_of_levels(learner, X_test, y_test)
    return float(learner.score(X_test, y_test))


def _split(table: MixedTable, column: int) -> tuple[npt.NDArray[Any], npt.NDArray[Any], MixedTable]:
    """The features and the target of rows in which that is known, and what the features are."""
    n_numbers = table.numbers.shape[1]
    if column >= n_numbers:
        place = column - n_numbers
        y: npt.NDArray[Any] = table.levels[:, place]
        rest = MixedTable(table.numbers, np.delete(table.levels, place, axis=1))
        return _matrix(rest), y, rest
    known = ~np.isnan(table.numbers[:, column])
    y = table.numbers[known, column]
    rest = MixedTable(np.delete(table.numbers, column, axis=1), table.levels).take(known)
    return _matrix(rest), y, rest


def _matrix(table: MixedTable) -> npt.NDArray[np.float64]:
    """Numbers and levels side by side; levels beyond what histograms can hold are one."""
    return np.column_stack([table.numbers, np.minimum(table.levels, _MOST_LEVELS - 1)])


def _learner(table: MixedTable, *, classifies: bool, seed: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    kind = HistGradientBoostingClassifier if classifies else HistGradientBoostingRegressor
    is_level = np.arange(table.n_columns) >= table.numbers.shape[1]
    return kind(categorical_features=is_level, random_state=seed, early_stopping=False)


def _auc_of_levels(learner: Any, X: npt.NDArray[Any], y: npt.NDArray[Any]) -> float:
    """The AUC of each level against the rest, weighted by how many rows have it."""
    probable = learner.predict_proba(X)
    levels, counts = np.unique(y, return_counts=True)
    places = {level: place for place, level in enumerate(learner.classes_)}
    found = [
        _auc(y == level, probable[:, places[level]] if level in places else np.zeros(len(y)))
        for level in levels
    ]
    return float(np.average(found, weights=counts))


def _auc(y: npt.NDArray[Any], score: npt.NDArray[Any]) -> float:
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(y, score))
