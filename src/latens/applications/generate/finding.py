"""New samples of a fitted model as a finding: what was made, how, and what it is worth."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from latens._seeds import derive
from latens._text import one_line
from latens.applications.generate.augmentation import (
    AddedAccuracy,
    Sampler,
    added_accuracy,
    augment,
)
from latens.applications.generate.class_mixture import ClassMixtureSampler
from latens.applications.generate.evaluation import SampleEvaluation, compare_models
from latens.applications.generate.features import learnt_features, raw_features
from latens.applications.generate.files import as_bytes, write_images, write_rows, write_table
from latens.applications.generate.interpolation import interpolate
from latens.applications.generate.mixture import MixtureSampler
from latens.applications.generate.prior import PriorSampler, draws_classes
from latens.applications.generate.tables import GaussianCopula, TableJudgment, judge_tables
from latens.applications.generate.variation import VariationSampler, vary
from latens.applications.wording import counted
from latens.data import Dataset, TableEncoder
from latens.data.scaling import Scaling
from latens.data.table_encoding.frames import as_frame
from latens.exceptions import DataError, ParameterError
from latens.runs import Finding, Mosaic, Table

__all__ = [
    "GenerationFinding",
    "GenerationRequest",
    "Interpolation",
    "LabeledSamples",
    "NewSamples",
    "Variations",
    "augmented_headline",
    "between_headline",
    "drawn_headline",
    "evaluate_generation",
    "generate_samples",
    "judge_rows",
    "varied_headline",
]

_COLUMNS = 16
# Images of a mosaic in the report.
_SHOWN = 64
# A support vector machine takes seconds with this many samples, and minutes with ten times as many.
_MOST_LABELED, _MOST_TESTED = 3_000, 2_000
_ROWS, _TESTED, _JUDGED = 0, 1, 2
# New rows that are judged, whatever number is written: as many as are compared with real ones.
_MOST_JUDGED = 4_000


@dataclass(frozen=True, kw_only=True)
class NewSamples:
    """Asks for samples from scratch, of all classes or of one.

    Parameters
    ----------
    n : int in [1, inf), default=64
    method : {"prior", "mixture"} or None, default=None
        Where codes come from. None: the prior if the model has one, else a mixture; of rows of a table with
        mixed columns, which come out better so, always a mixture.
    class_name : str or None, default=None
        The class of all samples, by the labels of the training samples.
    complete : bool, default=False
        Whether rows of a table have no gaps; else these come as often as in the training rows.
    """

    n: int = 64
    method: Literal["prior", "mixture"] | None = None
    class_name: str | None = None
    complete: bool = False


@dataclass(frozen=True, kw_only=True)
class Interpolation:
    """Asks for the interpolation between two samples.

    Parameters
    ----------
    rows : tuple of int
        The row numbers of the two samples in the data.
    steps : int in [2, inf), default=9
        Samples on the line, both ends included.
    """

    rows: tuple[int, int]
    steps: int = 9


@dataclass(frozen=True, kw_only=True)
class Variations:
    """Asks for variations of a sample.

    Parameters
    ----------
    row : int
        The row number of the sample in the data.
    n : int in [1, inf), default=64
    amount : float in [0, inf), default=1.0
        How far to go, in standard deviations of the codes around the sample.
    """

    row: int
    n: int = 64
    amount: float = 1.0


@dataclass(frozen=True, kw_only=True)
class LabeledSamples:
    """Asks for a balanced labeled set, and for what it adds to a classifier.

    Parameters
    ----------
    n : int in [n_classes, inf)
    method : {"prior", "mixture", "variation"}, default="variation"
        Where codes come from.
    amount : float in [0, inf), default=1.0
        How far variations go, in standard deviations of the codes around a sample.
    """

    n: int
    method: Literal["prior", "mixture", "variation"] = "variation"
    amount: float = 1.0


GenerationRequest = NewSamples | Interpolation | Variations | LabeledSamples


@dataclass(frozen=True, eq=False)
class GenerationFinding:
    """New samples, and what is to be said of them.

    Attributes
    ----------
    question, sentence : str
        What was asked, and what was made.
    X : ndarray of shape (n, ...), or DataFrame
        The new samples, in the units of the data: rows of the table, or features of these where a model was
        fitted on such.
    y : ndarray of shape (n,) or None
        Their classes, where labeled ones were asked for.
    added : AddedAccuracy or None
        What they add to a classifier, where that was measured.
    evaluation : SampleEvaluation or None
        How samples of this and other models compare with real ones; `evaluate_generation` gives it.
    judgment : TableJudgment or None
        What new rows of a table are worth, and how near they come to those learned from; `judge_rows` gives
        it.
    name : str
        What the finding is called in a run.
    columns : int
        Images side by side.
    scaling : Scaling
        Of the data, which turns samples into images.
    encoder : TableEncoder or None
        What makes rows of features.
    complete : bool
        Whether rows have no gaps.
    """

    question: str
    sentence: str
    X: np.ndarray
    y: np.ndarray | None = None
    added: AddedAccuracy | None = None
    evaluation: SampleEvaluation | None = None
    judgment: TableJudgment | None = None
    name: str = "generate"
    columns: int = _COLUMNS
    scaling: Scaling | None = None
    encoder: TableEncoder | None = None
    complete: bool = False

    def rows(self) -> Any:
        """Return the new samples as rows of the table, or None where they are no rows of mixed columns."""
        if self.encoder is None:
            return None
        is_frame = hasattr(self.X, "columns") or hasattr(self.X, "column_names")
        return self.X if is_frame else self.encoder.rows(self.X, complete=self.complete)

    def tables(self) -> tuple[Table, ...]:
        """Return what was measured."""
        tables = () if self.evaluation is None else (self.evaluation.table(),)
        return tables if self.judgment is None else (*tables, *self.judgment.tables())

    def to_finding(self) -> Finding:
        """Return the finding as a run keeps it and a report shows it: tables, and rows of images."""
        return Finding(self.question, self.said(), self.tables(), self._mosaics())

    def said(self) -> str:
        """Return the sentence, and what is to be said of new rows that were judged."""
        return (
            self.sentence if self.judgment is None else f"{self.sentence} {self.judgment.sentence}"
        )

    def facts(self) -> dict[str, Any]:
        """Return the figures, as JSON can hold them."""
        facts: dict[str, Any] = {"n": len(self.X), "sentence": self.said()}
        if self.added is not None:
            facts["accuracy"] = {**asdict(self.added), "added": self.added.added}
        if self.evaluation is not None:
            judged = asdict(self.evaluation)
            facts["evaluation"] = {name: judged[name] for name in judged if name != "closest"}
        if self.judgment is not None:
            facts["judgment"] = self.judgment.facts()
        return facts

    def write(self, path: str | Path, feature_names: list[str] | None = None) -> None:
        """Write images into a folder, or rows into a .csv or .npz file, whole or not at all.

        Raises
        ------
        RunError
            If it cannot be written.
        """
        rows = None if Path(path).suffix == ".npz" else self.rows()
        if rows is not None:
            write_table(Path(path), as_frame(rows)[0])
        elif Path(path).suffix:
            write_rows(Path(path), self.X, self.y, feature_names)
        else:
            write_images(Path(path), self._images(self.X), columns=self.columns)

    def _images(self, X: np.ndarray) -> np.ndarray:
        assert self.scaling is not None
        return as_bytes(X, self.scaling)

    def _mosaics(self) -> tuple[Mosaic, ...]:
        if self.encoder is not None or self.X.ndim == 2:
            return ()
        columns = min(self.columns, len(self.X))
        n = min(_SHOWN, len(self.X)) // columns * columns
        images = self._images(self.X[:n])
        rows = images.reshape(n // columns, columns, *images.shape[1:])
        names = tuple(f"{first + 1}–{first + columns}" for first in range(0, n, columns))
        made = Mosaic(self.question, rows, names)
        return (made,) if self.evaluation is None else (made, self._copies(self.evaluation))

    def _copies(self, evaluation: SampleEvaluation) -> Mosaic:
        """For each set of samples those nearest to a training sample, above that sample."""
        pairs = np.concatenate(list(evaluation.closest.values()))
        images = self._images(pairs.reshape(-1, *pairs.shape[2:]))
        names = tuple(
            row for name in evaluation.closest for row in (name, "nearest training sample")
        )
        title = "Copies? The new samples that come nearest to a training sample, and that sample"
        return Mosaic(title, images.reshape(pairs.shape), names)


def generate_samples(
    model: Any,
    asked: GenerationRequest | None = None,
    *,
    train: Dataset | None = None,
    test: Dataset | None = None,
    name: str = "the model",
    random_state: int = 0,
) -> GenerationFinding:
    """Make new samples as `latens generate` does, with the sentence and the images of its report.

    Parameters
    ----------
    model : estimator
        Fitted.
    asked : NewSamples, Interpolation, Variations, LabeledSamples or None, default=None
        What to make. None: 64 samples from scratch.
    train : Dataset or None, default=None
        What the model learned from, with labels for a class and for labeled samples.
    test : Dataset or None, default=None
        What it did not see; to score labeled samples. Interpolations and variations are of samples of either.
    name : str, default="the model"
        What the sentence calls the model.
    random_state : int in [0, inf), default=0

    Raises
    ------
    ParameterError
        If data that are needed are missing, there is no such class or row, or the model cannot draw in
        this way.
    DataError
        If the data have no labels where they are needed.

    Examples
    --------
    >>> from latens.applications import Interpolation, generate_samples
    >>> from latens.data import Dataset, TableEncoder
    >>> from latens.models import VAE
    >>> from latens.training import Trainer
    >>> X = np.random.default_rng(0).normal(size=(64, 8))
    >>> model = VAE(3, trainer=Trainer(max_epochs=1), random_state=0).fit(X[:50])
    >>> generate_samples(model, name="vae").sentence
    '64 new samples by vae, drawn from its prior.'
    >>> asked = Interpolation(rows=(0, 3), steps=5)
    >>> generate_samples(model, asked, test=Dataset(X[50:])).X.shape
    (5, 8)
    """
    asked = asked or NewSamples()
    if isinstance(asked, NewSamples):
        return _new(model, asked, train, name, random_state)
    held_out = _needed(test, "test")
    parts = [held_out] if train is None else [held_out, train]
    if isinstance(asked, Interpolation):
        return _between(model, asked, parts)
    if isinstance(asked, Variations):
        return _varied(model, asked, parts, random_state)
    return _labeled(model, asked, _needed(train, "train"), held_out, random_state)


def evaluate_generation(
    models: dict[str, Any],
    train: Dataset,
    test: Dataset,
    *,
    random_state: int = 0,
    say: Callable[[str], None] = lambda words: None,
) -> SampleEvaluation:
    """Judge samples of each model, by its prior and by a mixture, beside PCA and real samples.

    Images are compared in features that a network learns from the labels of the training samples, or
    from clusters where there are none; rows of a table in their scaled values.

    Parameters
    ----------
    models : dict of str to estimator
        Fitted on `train`.
    train, test : Dataset
    random_state : int in [0, inf), default=0
    say : callable
        Is told what is done.

    Returns
    -------
    SampleEvaluation
        `dataclasses.replace(finding, evaluation=...)` adds it to a finding.

    See Also
    --------
    evaluate_samples : Compares samples of one's own.

    Examples
    --------
    >>> from latens.applications import evaluate_generation
    >>> from latens.data import Dataset, TableEncoder
    >>> from latens.models import VAE
    >>> from latens.training import Trainer
    >>> X = np.random.default_rng(0).normal(size=(90, 8))
    >>> vae = VAE(3, trainer=Trainer(max_epochs=1), random_state=0).fit(X[:64])
    >>> found = evaluate_generation({"vae": vae}, Dataset(X[:64]), Dataset(X[64:]))
    >>> found.table().columns[:3]
    ('samples', 'Fréchet', 'precision')
    """
    if train.X.ndim == 2:
        say("comparing ...")
        features = raw_features(train.X)
    else:
        say("learning the features in which samples are compared ...")
        is_labeled = train.y is not None and bool((train.y >= 0).any())
        has_classes = is_labeled and len(train.names or ()) > 1
        y = train.y if has_classes else None
        features = learnt_features(train.X, y, data=train.name, random_state=random_state)
    return compare_models(models, train.X, test.X, features, random_state=random_state)


def judge_rows(
    model: Any,
    train: Any,
    test: Any,
    asked: NewSamples | None = None,
    *,
    name: str = "the model",
    target: str | None = None,
    random_state: int = 0,
) -> TableJudgment:
    """Judge new rows of a model of a table, beside those of a Gaussian copula and real ones.

    Parameters
    ----------
    model : estimator
        Fitted on a table of mixed columns, or on features of it.
    train, test : DataFrame, Arrow table or Dataset of features
        What the model learned from, and what it did not see.
    asked : NewSamples or None, default=None
        How the rows are drawn; of how many is decided here.
    name : str, default="the model"
    target : str or None, default=None
        The column whose prediction says what rows are useful for. None: up to six columns.
    random_state : int in [0, inf), default=0

    Raises
    ------
    ParameterError
        If the model was not fitted on such a table, or there is no such column.
    DataError
        If there are too few rows.

    Examples
    --------
    >>> import pandas as pd
    >>> from latens.applications import judge_rows
    >>> from latens.models import Autoencoder
    >>> from latens.training import Trainer
    >>> table = pd.DataFrame({"plan": ["plus", "basic"] * 60, "age": [20, 31, 42] * 40})
    >>> model = Autoencoder(2, trainer=Trainer(max_epochs=1), random_state=0).fit(table[:60])
    >>> judged = judge_rows(model, table[:60], table[60:], name="mine")
    >>> list(judged.quality), judged.columns
    (['mine', 'Gaussian copula'], ('age', 'plan'))
    """
    encoder = getattr(model, "table_encoder_", None)
    if encoder is None:
        raise ParameterError("Only rows of a table with mixed columns are judged so.")
    parts = [encoder.rows(one.X) if isinstance(one, Dataset) else one for one in (train, test)]
    asked = asked or NewSamples()
    seed = derive(random_state, _JUDGED) % 2**32
    sampler, _ = _sampler(model, asked.method, seed, None)
    n = max(20, min(_MOST_JUDGED, len(parts[0])))
    made = [sampler.sample(n, random_state=seed, **({"complete": True} if asked.complete else {}))]
    made.append(GaussianCopula(encoder).fit(encoder.features(parts[0]), seed).sample(n, seed))
    rows = [
        encoder.rows(one, complete=asked.complete) if isinstance(one, np.ndarray) else one
        for one in made
    ]
    named = dict(zip((name, "Gaussian copula"), rows, strict=True))
    learned, other = parts
    return judge_tables(encoder, learned, other, named, target=target, random_state=random_state)


def _needed(data: Dataset | None, name: str) -> Dataset:
    if data is None:
        raise ParameterError(f"Samples of this kind are made from data: give `{name}`.")
    return data


def _new(
    model: Any, asked: NewSamples, train: Dataset | None, name: str, seed: int
) -> GenerationFinding:
    label = known = None
    if asked.class_name is not None:
        known_of = _needed(train, "train")
        label, known = _class(known_of, asked.class_name), _known(known_of)
    sampler, source = _sampler(model, asked.method, seed, known)
    rest = {"complete": True} if asked.complete else {}
    X = sampler.sample(asked.n, y=label, random_state=seed, **rest)
    return GenerationFinding(
        "What do new samples of the model look like?",
        drawn_headline(len(X), name, source, asked.class_name),
        X,
        scaling=model.scaling_,
        encoder=getattr(model, "table_encoder_", None),
        complete=asked.complete,
    )


def _between(model: Any, asked: Interpolation, parts: list[Dataset]) -> GenerationFinding:
    (first, start), (second, end) = (_sample(parts, row) for row in asked.rows)
    return GenerationFinding(
        f"What lies between {first} and {second}?",
        between_headline(asked.steps),
        interpolate(model, start, end, asked.steps)[0],
        name="generate-between",
        columns=asked.steps,
        scaling=model.scaling_,
        encoder=getattr(model, "table_encoder_", None),
    )


def _varied(model: Any, asked: Variations, parts: list[Dataset], seed: int) -> GenerationFinding:
    called, sample = _sample(parts, asked.row)
    X = np.repeat(sample, asked.n, axis=0)
    return GenerationFinding(
        f"What is like {called}?",
        varied_headline(asked.n, asked.amount),
        vary(model, X, asked.amount, random_state=seed),
        name="generate-like",
        scaling=model.scaling_,
        encoder=getattr(model, "table_encoder_", None),
    )


def _labeled(
    model: Any, asked: LabeledSamples, train: Dataset, test: Dataset, seed: int
) -> GenerationFinding:
    X_known, y_known = _known(train)
    # New samples made of more than the classifier has itself would add what they do not know.
    rows = _some(len(X_known), _MOST_LABELED, seed, _ROWS)
    real, classes = X_known[rows], y_known[rows]
    sampler, source = _sampler(model, asked.method, seed, (real, classes), asked.amount)
    X, y = augment(sampler, classes, asked.n, random_state=seed)
    added = None
    if test.y is not None:
        tested = _some(len(test), _MOST_TESTED, seed, _TESTED)
        tested = tested[test.y[tested] >= 0]
        added = added_accuracy(real, classes, X, y, test.X[tested], test.y[tested])
    return GenerationFinding(
        "Do new samples help to train a classifier?",
        augmented_headline(len(X), source, added),
        X,
        y,
        added,
        name="generate-augment",
        scaling=model.scaling_,
    )


def _sampler(
    model: Any,
    method: Literal["prior", "mixture", "variation"] | None,
    seed: int,
    known: tuple[np.ndarray, np.ndarray] | None,
    amount: float = 1.0,
) -> tuple[Sampler, str]:
    """Return a fitted sampler, of classes where samples of `known` class are given, and its source."""
    by_class = draws_classes(model)
    is_mixed = getattr(model, "table_encoder_", None) is not None
    has_prior = (model.has_prior and not is_mixed) if known is None else by_class
    if method == "prior" or (method is None and has_prior):
        source = "what it learned about each class" if by_class else "its prior"
        return PriorSampler().fit(model), source
    if known is None:
        mixture = MixtureSampler(random_state=seed).fit(model)
        return mixture, "a Gaussian mixture on its training codes"
    if method == "variation":
        return VariationSampler(amount).fit(model, *known), "variations of real samples"
    by_label = ClassMixtureSampler(random_state=seed).fit(model, *known)
    return by_label, "a Gaussian mixture on the codes of each class"


def _known(train: Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Return the samples of known class, and their classes."""
    if train.y is None:
        raise DataError(f"The data '{train.name}' have no labels, which classes are made from.")
    rows = np.flatnonzero(train.y >= 0)
    return train.X[rows], train.y[rows]


def _class(train: Dataset, name: str) -> int:
    names = train.names or ()
    if not names:
        raise DataError(f"The data '{train.name}' have no labels, so there is no class '{name}'.")
    if name not in names:
        known = one_line(", ".join(names))[:2_000]
        raise ParameterError(f"There is no class '{name}'. Known: {known}.")
    return names.index(name)


def _sample(parts: list[Dataset], row: int) -> tuple[str, np.ndarray]:
    """Return what the sample in a row of the data is called, and the sample."""
    for data in parts:
        place = data.identity.place_of(row)
        if place is not None:
            return data.identity.label(place), data.X[[place]]
    last = max(parts, key=lambda data: int(data.rows.max()))
    raise ParameterError(last.identity.why_missing(row))


def _some(n: int, most: int, seed: int, stream: int) -> np.ndarray:
    if n <= most:
        return np.arange(n)
    return np.sort(np.random.default_rng(derive(seed, stream)).choice(n, most, replace=False))


def drawn_headline(n: int, model: str, source: str, class_name: str | None = None) -> str:
    """Say where new samples come from."""
    of = "" if class_name is None else f" of class '{class_name}'"
    return f"{counted(n, 'new sample')}{of} by {model}, drawn from {source}."


def between_headline(steps: int) -> str:
    """Say what lies on the way from one sample to another."""
    return (
        f"{steps} steps on a straight line between their codes. The first and the last are reconstructions "
        "of the two samples."
    )


def varied_headline(n: int, amount: float) -> str:
    """Say how far variations of a sample go."""
    return (
        f"{counted(n, 'variation')}: codes drawn around its own, with {amount:g} times the standard "
        "deviation of the codes nearby."
    )


def augmented_headline(n: int, source: str, added: AddedAccuracy | None) -> str:
    """Say what labeled samples come from, and what they add where that was measured."""
    made = f"{counted(n, 'labeled sample')}, drawn from {source}."
    if added is None:
        return (
            f"{made} No held-out sample has a label, so what they add to a classifier is not known."
        )
    return f"{made} {added.sentence}"
