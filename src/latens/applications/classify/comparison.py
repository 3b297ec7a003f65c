"""What few labels are worth on the codes, beside classifiers on raw values and PCA."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from latens._labels import UNKNOWN
from latens._validation import Integer, check_value
from latens.applications.classify.baselines import ClassifierBaselines
from latens.applications.classify.classifier import FewLabelClassifier
from latens.applications.classify.consistency import Consistency
from latens.applications.classify.method import Method
from latens.applications.classify.probe import Probe
from latens.applications.classify.propagation import Propagation
from latens.applications.wording import Contest, counted, percent
from latens.exceptions import DataError
from latens.models import BaseAutoencoder
from latens.training import Trainer

__all__ = [
    "Errors",
    "compare_few_labels",
    "comparison_headline",
    "contest",
    "draw_labels",
    "first_on_codes",
]

_WORDS: dict[type, str] = {
    Probe: "linear probe of codes",
    Propagation: "propagation on codes",
    Consistency: "consistency training",
}


@dataclass(frozen=True, eq=False)
class Errors:
    """The errors of one classifier.

    Attributes
    ----------
    name : str
    is_floor : bool
        Whether it needs no autoencoder.
    wrong : ndarray of bool of shape (n_draws, n_samples)
        Whether each held-out sample was classified wrongly, for each draw of labels.
    """

    name: str
    is_floor: bool
    wrong: np.ndarray

    @property
    def shares(self) -> tuple[float, ...]:
        """The share of errors of each draw, in [0, 1]."""
        return tuple(self.wrong.mean(axis=1).tolist())

    @property
    def mean(self) -> float:
        """The mean over the draws."""
        return float(np.mean(self.shares))

    @property
    def deviation(self) -> float | None:
        """The standard deviation over the draws; None for a single one."""
        return float(np.std(self.shares, ddof=1)) if len(self.shares) > 1 else None


def draw_labels(y: np.ndarray, per_class: int, seed: int) -> np.ndarray:
    """Keep this many labels of each class, or all where there are fewer, and hide the others.

    Parameters
    ----------
    y : ndarray of shape (n_samples,), int
        Labels; -1 where there is none.
    per_class : int in [1, inf)
    seed : int

    Returns
    -------
    ndarray of shape (n_samples,)
        Labels, and -1 where they are hidden.

    Examples
    --------
    >>> kept = draw_labels(np.array([0, 0, 0, 1, 1, 5]), 2, seed=0)
    >>> [int((kept == label).sum()) for label in (0, 1, 5)]
    [2, 2, 1]
    """
    check_value("draw_labels", "per_class", per_class, (Integer(1),))
    rng = np.random.default_rng(seed)
    kept = np.full(len(y), UNKNOWN)
    for label in np.unique(y[y != UNKNOWN]):
        rows = np.flatnonzero(y == label)
        kept[rng.choice(rows, min(per_class, len(rows)), replace=False)] = label
    return kept


def compare_few_labels(
    model: BaseAutoencoder,
    train: tuple[np.ndarray, np.ndarray],
    test: tuple[np.ndarray, np.ndarray],
    *,
    per_class: int = 10,
    methods: Sequence[str | Method] = ("probe", "propagation", "auto"),
    seeds: Sequence[int] = (0,),
    trainer: Trainer | None = None,
) -> list[Errors]:
    """Hide most labels of some samples, learn from the rest, and score on others.

    Parameters
    ----------
    model : autoencoder
        Fitted, on these samples or on others.
    train, test : tuples of ndarrays (X, y)
        Integer labels; -1 where there is none.
    per_class : int in [1, inf), default=10
        Labels of each class that are kept.
    methods : sequence of str or method
        Of `FewLabelClassifier`; those that come to the same are run once, and those that differ in
        settings alone have these in their names.
    seeds : sequence of int
        A draw of labels for each.
    trainer : Trainer or None

    Returns
    -------
    list of Errors
        What needs no autoencoder first (`ClassifierBaselines`: support vectors, linear probes and
        propagation, on raw values and PCA), then the methods in their order.

    Raises
    ------
    DataError
        If no test sample has a label, or those to learn from have one class only.
    """
    X, y = train
    X_test, y_test = (part[test[1] != UNKNOWN] for part in test)
    if len(y_test) == 0:
        raise DataError("None of the held-out samples has a label, so nothing can be scored.")
    if len(np.unique(y[y != UNKNOWN])) < 2:
        raise DataError("The samples to learn from need labels of at least 2 classes.")
    floors = ClassifierBaselines(X, model.latent_dim)
    spreading = floors.propagations(X_test, next(model.network_.parameters()).device)
    wrong: dict[str, list[np.ndarray]] = {}
    names = [*floors.make(), *spreading]

    def score(name: str, predicted: np.ndarray) -> None:
        wrong.setdefault(name, []).append(predicted != y_test)

    for seed in seeds:
        kept = draw_labels(y, per_class, seed)
        known = kept != UNKNOWN
        for name, classifier in floors.make().items():
            score(name, classifier.fit(X[known], kept[known]).predict(X_test))
        for name, propagation in spreading.items():
            score(name, propagation.predict(kept, seed))
        asked = FewLabelClassifier(model, trainer=trainer, random_state=seed)
        chosen = [
            asked.set_params(method=method).choose_method(X.shape[1:], has_gaps=not known.all())
            for method in methods
        ]
        for name, method in _named(chosen).items():
            score(name, asked.set_params(method=method).fit(X, kept).predict(X_test))
    return [Errors(name, name in names, np.array(draws)) for name, draws in wrong.items()]


def _named(methods: Sequence[Method]) -> dict[str, Method]:
    """The methods that differ, by name: with their settings where one word would mean several."""
    different = {" ".join(repr(method).split()): method for method in methods}
    words = [_WORDS.get(type(method)) for method in different.values()]
    return {
        text if word is None else word if words.count(word) == 1 else f"{word}, {text}": method
        for word, (text, method) in zip(words, different.items(), strict=True)
    }


def contest(errors: Sequence[Errors]) -> Contest:
    """Return the first method on codes beside the classifiers that need no autoencoder."""
    floors = {one.name: one.wrong for one in errors if one.is_floor}
    return Contest(first_on_codes(errors).wrong, floors, "share")


def first_on_codes(errors: Sequence[Errors]) -> Errors:
    """Return the errors of the method that was asked for."""
    return next(one for one in errors if not one.is_floor)


def comparison_headline(data: str, per_class: int, errors: Sequence[Errors]) -> str:
    """Return how the first method on codes compares with the best baseline, with this many labels each."""
    asked, compared = first_on_codes(errors), contest(errors)
    draws, n = asked.wrong.shape
    labels, samples = counted(per_class, "label"), counted(n, "held-out sample")
    ours, theirs = _with_article(asked.name), _with_article(compared.best)
    head = f"With {labels} of each class of {data}, {ours} misclassifies {percent(asked.mean)} of {samples}"
    best = f"{theirs} ({percent(float(compared.baselines[compared.best].mean()))})"
    among = "baselines without codes"
    if draws > 1:
        end = compared.end_of_sentence(best, "samples or draws", among)
        return f"{head} (mean of {draws} draws){end}"
    end = compared.end_of_sentence(best, baselines=among)
    return f"{head}{end} This is one draw of labels; `draws=10` shows how much the draw matters."


def _with_article(name: str) -> str:
    """A name as a sentence has it."""
    articles = {"linear probe": "a", "SVM": "an"}
    return next(
        (f"{word} {name}" for kind, word in articles.items() if name.startswith(kind)), name
    )
