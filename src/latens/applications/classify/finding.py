"""Classes for samples of which a few have a label, and what few labels are worth on the codes of a model."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from latens._labels import UNKNOWN, read_partial_labels
from latens._validation import Integer, check_value
from latens.applications.classify.classifier import FewLabelClassifier
from latens.applications.classify.comparison import (
    Errors,
    compare_few_labels,
    comparison_headline,
    contest,
    first_on_codes,
)
from latens.applications.classify.method import Method
from latens.applications.classify.rounds import margins, next_to_name
from latens.applications.frames import write_frame
from latens.applications.wording import Advantage, counted
from latens.data import Dataset
from latens.exceptions import DataError
from latens.models import BaseAutoencoder
from latens.runs import CLASSES_FILE, Finding, Mosaic, Run, Table
from latens.training import Trainer

if TYPE_CHECKING:
    import pandas

__all__ = [
    "ClassFinding",
    "ClassifierComparison",
    "compare_classifiers",
    "find_classes",
    "held_out_fifth",
    "prediction_headline",
]

_QUESTION = "Which class does each sample belong to?"
_SHOWN_IMAGES, _SHOWN_CLASSES = 12, 12
_NEXT = 20


@dataclass(frozen=True, eq=False)
class ClassFinding:
    """The classes of samples, learned from the labels of a few.

    Attributes
    ----------
    sentence : str
        How many samples were classified, and how sure the classifier is.
    frame : DataFrame
        One line for each sample, in the order of the data: its "row" in them, its "file" or "id" where
        samples have names, and its "part", of the data of a run; its "label";
        the "probability" of that, and by how much it is ahead of the next class (its "margin"); and whether
        the label was "given".
    classifier : FewLabelClassifier
        Fitted; it also classifies other samples.
    data : Dataset
    next_to_name : tuple of int
        The places of at most 20 samples whose labels would help most: uncertain ones, unlike one another.
    """

    sentence: str
    frame: "pandas.DataFrame"
    classifier: FewLabelClassifier
    data: Dataset
    next_to_name: tuple[int, ...] = ()

    @property
    def class_counts(self) -> dict[str, int]:
        """The number of samples of each class, those with a given label included."""
        return self._counts(np.ones(len(self.frame), dtype=bool))

    def facts(self) -> dict[str, Any]:
        """Return the figures, as JSON can hold them."""
        return {
            "data": self.data.name,
            "labels": int(self.frame["given"].sum()),
            "samples": len(self.data),
            "method": str(self.classifier.method_),
            "classes": self.class_counts,
            "to_be_named_next": [self.data.identity.row(one) for one in self.next_to_name],
        }

    def to_finding(self) -> Finding:
        """Return what a run keeps of it for its report."""
        labels = self._counts(self.frame["given"].to_numpy())
        table = Table(
            title="Classes",
            columns=("class", "labels", "samples"),
            rows=tuple((name, labels[name], n) for name, n in self.class_counts.items()),
            note="predicted",
        )
        tables = (table, self._table_of_next()) if self.next_to_name else (table,)
        return Finding(_QUESTION, self.sentence, tables, self._mosaics())

    def write(self, path: str | Path) -> None:
        """Write `frame` to a .csv file, whole or not at all.

        Raises
        ------
        RunError
            If it cannot be written.
        """
        rows = self.frame.astype({"given": int})
        write_frame(path, rows, float_format="%.4f", lineterminator="\r\n", errors="replace")

    def keep(self, run: Run) -> None:
        """Write `frame` into the run of these data as classes.csv, which its explorer shows.

        Raises
        ------
        RunError
            If another process is writing the run, or nobody can.
        """
        with run.writing():
            self.write(run.path / CLASSES_FILE)

    def _table_of_next(self) -> Table:
        chosen = self.frame.iloc[list(self.next_to_name)].drop(columns="given")
        rows = tuple(tuple(row) for row in chosen.to_numpy(dtype=object).tolist())
        note = "the least certain samples that are unlike one another"
        return Table("To be named next", tuple(chosen.columns), rows, note)

    def _counts(self, rows: np.ndarray) -> dict[str, int]:
        found = self.classifier.transduction_[rows]
        return {str(name): int((found == name).sum()) for name in self.classifier.classes_}

    def _mosaics(self) -> tuple[Mosaic, ...]:
        """The surest images of each class without a given label, and the least sure ones."""
        if self.data.X.ndim < 3:
            return ()
        surest_and_least_sure = {}
        for name in self.classifier.classes_[:_SHOWN_CLASSES]:
            is_shown = (self.classifier.transduction_ == name) & ~self.frame["given"].to_numpy()
            rows = np.flatnonzero(is_shown)
            order = rows[np.argsort(self._sureness[rows], kind="stable")]
            if len(order) >= 2 * _SHOWN_IMAGES:
                ends = (order[::-1][:_SHOWN_IMAGES], order[:_SHOWN_IMAGES])
                surest_and_least_sure[str(name)] = np.concatenate(ends)
        if not surest_and_least_sure:
            return ()
        rows = np.stack(list(surest_and_least_sure.values()))
        shown = self.classifier.model_.scaling_.apply(self.data.X[rows])
        images = (255 * shown.clip(0, 1)).astype(np.uint8)
        if images.ndim == 5 and images.shape[-1] == 1:
            images = images[..., 0]
        title = (
            f"The {_SHOWN_IMAGES} surest and the {_SHOWN_IMAGES} least sure images of each class"
        )
        return (Mosaic(title, images, tuple(surest_and_least_sure)),)

    @property
    def _sureness(self) -> np.ndarray:
        return self.classifier.label_distributions_.max(axis=1)


def find_classes(
    model: BaseAutoencoder | None,
    data: Dataset,
    y: Any,
    *,
    method: str | Method = "auto",
    trainer: Trainer | None = None,
    random_state: Any = None,
) -> ClassFinding:
    """Find the class of every sample from the labels of a few.

    Parameters
    ----------
    model, method, trainer, random_state
        Those of `FewLabelClassifier`.
    data : Dataset
        At least 2 samples. Its own labels are not used.
    y : array-like of shape (n_samples,)
        Labels of any kind; -1, None or NaN for samples that have none.

    Returns
    -------
    ClassFinding

    Raises
    ------
    DataError
        If samples or labels cannot be used, or fewer than 2 classes have a label.

    Examples
    --------
    >>> from latens.applications import find_classes
    >>> from latens.data import load
    >>> from latens.models import Autoencoder
    >>> digits = load("digits")
    >>> model = Autoencoder(16, trainer=Trainer(3, callbacks=()), random_state=0).fit(digits.X)
    >>> few = np.where(np.arange(len(digits)) < 200, digits.y, -1)
    >>> found = find_classes(model, digits, few, method="propagation", random_state=0)
    >>> int(found.frame["given"].sum()), len(found.class_counts)
    (200, 10)
    """
    import pandas

    if len(data) < 2:
        raise DataError(f"'{data.name}' has 1 sample: nothing is left to name the class of.")
    few = FewLabelClassifier(model, method=method, trainer=trainer, random_state=random_state)
    few.fit(data.X, y)
    is_given = read_partial_labels(y, len(data), "find_classes").codes != UNKNOWN
    sureness = few.label_distributions_.max(axis=1)
    frame = pandas.DataFrame(
        {
            **data.identity.columns(),
            "label": [str(label) for label in few.transduction_],
            "probability": sureness,
            "margin": margins(few.label_distributions_),
            "given": is_given,
        }
    )
    n_given, n_found = int(is_given.sum()), int((~is_given).sum())
    mean = float(sureness[~is_given].mean()) if n_found else 1.0
    sentence = prediction_headline(data.name, n_given, n_found, mean)
    return ClassFinding(sentence, frame, few, data, _chosen(few, data, is_given))


def _chosen(few: FewLabelClassifier, data: Dataset, is_given: np.ndarray) -> tuple[int, ...]:
    """The samples to be named next; codes are made of those alone that may be."""
    margin = margins(few.label_distributions_)
    chosen = next_to_name(
        margin, lambda places: few.transform(data.X[places]), _NEXT, is_named=is_given
    )
    return tuple(chosen.tolist())


@dataclass(frozen=True, eq=False)
class ClassifierComparison:
    """Classifiers that learn from few labels on the codes of a model, beside those that need no codes.

    Attributes
    ----------
    sentence : str
        By how much the codes are better or worse than the best of the others.
    errors : tuple of Errors
        The classifiers without codes first.
    per_class : int
        Labels of each class that were kept.
    n_samples, n_held_out : int
        Samples learned from, most of them without a label, and samples scored.
    data : str
        What the data are called.
    """

    sentence: str
    errors: tuple[Errors, ...]
    per_class: int
    n_samples: int
    n_held_out: int
    data: str = ""

    @property
    def on_codes(self) -> Errors:
        """The method that was asked for."""
        return first_on_codes(self.errors)

    @property
    def best_baseline(self) -> Errors:
        """The best classifier that needs no codes."""
        best = contest(self.errors).best
        return next(one for one in self.errors if one.name == best)

    @property
    def advantage(self) -> Advantage:
        """How much fewer samples are misclassified on the codes than by the best baseline."""
        return contest(self.errors).advantage

    def facts(self) -> dict[str, Any]:
        """Return the figures, as JSON can hold them."""
        difference = self.advantage.difference
        return {
            "data": self.data,
            "labels_per_class": self.per_class,
            "samples": self.n_samples,
            "held_out": self.n_held_out,
            "errors": {e.name: {"mean": e.mean, "draws": list(e.shares)} for e in self.errors},
            "compared": {
                "method": self.on_codes.name,
                "baseline": self.best_baseline.name,
                "outcome": self.advantage.outcome,
                "advantage": difference.mean,
                "interval": [difference.low, difference.high],
            },
            "note": self.to_finding().tables[0].note,
        }

    def to_finding(self) -> Finding:
        """Return what a run keeps of it for its report."""
        draws = len(self.on_codes.shares)
        many = "one draw of labels" if draws == 1 else f"mean of {draws} draws of labels"
        table = Table(
            title=f"Errors with {self.per_class} labels of each class",
            columns=("classifier", "error, %", "standard deviation"),
            rows=tuple(
                (one.name, 100 * one.mean, None if one.deviation is None else 100 * one.deviation)
                for one in self.errors
            ),
            note=f"scored with labels, {many}",
        )
        return Finding(_QUESTION, self.sentence, (table,))


def compare_classifiers(
    model: BaseAutoencoder,
    train: Dataset,
    test: Dataset | None = None,
    *,
    per_class: int = 10,
    draws: int = 1,
    method: str | Method = "auto",
    trainer: Trainer | None = None,
    random_state: int = 0,
    is_training_data: bool = True,
) -> ClassifierComparison:
    """Hide most labels of some samples, learn from the rest, and score on others.

    A method is compared with a linear probe and propagation on the codes, and with support vector machines,
    linear probes and propagation on raw values and PCA.

    Parameters
    ----------
    model : autoencoder
        Fitted, on these samples or on others.
    train : Dataset
        With labels.
    test : Dataset or None, default=None
        Samples to score, with labels. None: a random fifth of `train`, which is then not learned from.
    per_class : int in [1, inf), default=10
        Labels of each class that are kept.
    draws : int in [1, inf), default=1
        How often labels are drawn.
    method : str or method, default="auto"
        Of `FewLabelClassifier`.
    trainer : Trainer or None, default=None
        Of `FewLabelClassifier`.
    random_state : int, default=0
        The seed of the first draw; that of each further draw is one more.
    is_training_data : bool, default=True
        Whether the model was fitted on these samples; if not, the sentence says so.

    Returns
    -------
    ClassifierComparison

    Raises
    ------
    DataError
        If samples have no labels, or those to learn from are of one class only.
    """
    check_value("compare_classifiers", "draws", draws, (Integer(1),))
    train, test = (train, test) if test is not None else held_out_fifth(train)
    if train.y is None or test.y is None:
        raise DataError(f"'{train.name}' has no labels to learn from and to score with.")
    methods: Sequence[str | Method] = (method, "probe", "propagation")
    errors = compare_few_labels(
        model,
        (train.X, train.y),
        (test.X, test.y),
        per_class=per_class,
        methods=methods,
        seeds=range(random_state, random_state + draws),
        trainer=trainer,
    )
    sentence = comparison_headline(train.name, per_class, errors)
    if not is_training_data:
        sentence += " The encoder was trained on other data."
    counts = (per_class, len(train), len(test))
    return ClassifierComparison(sentence, tuple(errors), *counts, train.name)


def held_out_fifth(data: Dataset) -> tuple[Dataset, Dataset]:
    """Return samples to learn from, and a random fifth to score on: always the same one."""
    order = np.random.default_rng(0).permutation(len(data))
    n_test = max(1, round(len(data) / 5))
    return data.take(np.sort(order[n_test:])), data.take(np.sort(order[:n_test]))


def prediction_headline(data: str, given: int, predicted: int, mean_probability: float) -> str:
    """Return what came out for samples whose classes nobody knows."""
    if predicted == 0:
        return (
            f"All {counted(given, 'sample')} of {data} have a label already: nothing was predicted."
        )
    were = "was" if predicted == 1 else "were"
    return (
        f"{counted(predicted, 'sample')} of {data} {were} classified from {counted(given, 'label')}. "
        f"The mean probability is {mean_probability:.2f}, but probabilities are not calibrated: nothing "
        "here says how many are right."
    )
