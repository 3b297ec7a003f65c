"""The data of a study: what is learned from, what is held out, and which rows are scored."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from latens._identity import HELD_OUT, TRAINED_ON, Identity
from latens._seeds import derive
from latens.data import Dataset, Split, fingerprint
from latens.data.converted import CONVERSIONS, load_converted
from latens.data.scaling import Scaling, fit_scaling
from latens.data.table_encoding.encoder import TableEncoder
from latens.exceptions import DataError, RunError
from latens.runs import Run, rows_of
from latens.runs.identity import FEWEST_ROWS, draw_held_out, n_held_out
from latens.studies.copies import copies_of
from latens.studies.settings import DataSettings, Study, check_study

__all__ = ["SCORES", "Prepared", "load_for_study", "prepare", "prepared_again", "recorded_study"]

_SCORED = 1
# The step of a run that has a cheap form of fewer rows, which all that is made later of it must know.
SCORES = "scores"


@dataclass(frozen=True, eq=False)
class Prepared:
    """Training and held-out rows.

    Attributes
    ----------
    train, test : Dataset
        With row numbers, and `part` as the run has it.
    held_out : str
        In words, what the held-out rows are.
    scored_train, scored_test : ndarray of int
        Rows of either part that are scored.
    scaling : Scaling
        Fitted on the training rows; errors are measured in its units.
    fingerprint : str
        Of all samples, in the order of the data.
    whole : Dataset or None
        All rows, where a study of several seeds draws a held-out part for each of them.
    """

    train: Dataset
    test: Dataset
    held_out: str
    scored_train: np.ndarray
    scored_test: np.ndarray
    scaling: Scaling
    fingerprint: str
    whole: Dataset | None = None

    @property
    def has_labels(self) -> bool:
        """Whether both parts have labels."""
        return self.train.y is not None and self.test.y is not None

    @property
    def is_images(self) -> bool:
        """Whether the samples are images."""
        return self.train.X.ndim > 2

    @property
    def fit_options(self) -> dict[str, Any]:
        """What `fit` is told beside the samples: what three axes mean, which their shape does not say."""
        layout = {"layout": self.train.layout} if self.train.X.ndim == 3 else {}
        return layout if self.encoder is None else layout | {"encoder": self.encoder}

    @property
    def encoder(self) -> TableEncoder | None:
        """What the columns of a table are, where they are more than plain numbers."""
        return self.train.mixed_encoder

    @property
    def n_classes(self) -> int:
        """How many classes the scored training rows have; 0 without labels."""
        return 0 if self.train.y is None else len(np.unique(self.train.y[self.scored_train]))

    @cached_property
    def identity(self) -> Identity:
        """What all samples are known by, in the order of the data: a run's numbers are places in it."""
        both = [part.identity for part in (self.train, self.test)]
        rows = np.concatenate([one.rows for one in both if one.rows is not None])
        parts = np.concatenate([one.part for one in both if one.part is not None])
        order = np.argsort(rows, kind="stable")
        names = [*(both[0].ids or ()), *(both[1].ids or ())]
        ids = tuple(names[place] for place in order) if len(names) == len(rows) else None
        return Identity(rows[order], ids, parts[order], both[0].id_name)

    def places(self, numbers: np.ndarray) -> np.ndarray:
        """Return the places in `identity` of rows of the held-out part."""
        return self.identity.to_places(numbers)

    def trained_on_places(self, numbers: np.ndarray) -> np.ndarray:
        """Return the places in `identity` of rows of the training part."""
        assert self.identity.trained_on is not None
        places: np.ndarray = self.identity.trained_on[numbers]
        return places

    @cached_property
    def copies(self) -> np.ndarray:
        """Of which training row each scored held-out row is an exact copy; -1 for none."""
        return copies_of(self.train.X, self.test.X[self.scored_test])

    @property
    def is_copy(self) -> np.ndarray:
        """Whether each scored held-out row is a copy of a training row."""
        is_copy: np.ndarray = self.copies >= 0
        return is_copy

    def scoring(self, most: int, seed: int) -> "Prepared":
        """Return the same parts with at most this many rows of each that are scored."""
        return replace(
            self,
            scored_train=_some_rows(len(self.train), most, seed),
            scored_test=_some_rows(len(self.test), most, seed),
        )

    def for_seed(self, study: Study, seed: int) -> "Prepared":
        """Return the parts for a seed: its own where the data bring no split, so that spreads include it."""
        if self.whole is None or seed == study.seed:
            return self
        train, test = _split(self.whole, study.data.test_fraction, seed)
        most = max(len(self.scored_train), len(self.scored_test))
        made = _prepared(study, train, test, self.held_out, None, self.fingerprint)
        return made.scoring(most, study.seed)


def prepare(study: Study, feature_names: Sequence[str] | None = None) -> Prepared:
    """Load the data of a study and hold out a part of them.

    Parameters
    ----------
    study : Study
    feature_names : sequence of str or None, default=None
        The features of a table that were learned from, where no encoder knows them.

    Raises
    ------
    DataError
        If the data cannot be read, or are too few.
    """
    settings = study.data
    train = load_for_study(settings, "train", feature_names)
    if train.has_split:
        test = load_for_study(settings, "test", feature_names)
        if min(len(train), len(test)) < FEWEST_ROWS:
            raise DataError(
                f"'{train.name}' has too few samples ({len(train)} to learn from, {len(test)} to test); a "
                f"run needs at least {FEWEST_ROWS} of each. Give it more samples."
            )
        held_out, whole = "the test part that comes with the data", None
        of_all = fingerprint(train.X, test.X)
    else:
        of_all = fingerprint(train.X)
        whole = train if study.seeds > 1 else None
        train, test = _split(train, settings.test_fraction, study.seed)
        held_out = f"a random {settings.test_fraction:.0%} of the data"
    return _prepared(study, train, test, held_out, whole, of_all)


def _prepared(
    study: Study,
    train: Dataset,
    test: Dataset,
    held_out: str,
    whole: Dataset | None,
    of_all: str,
) -> Prepared:
    return Prepared(
        train=replace(train, part=np.full(len(train), TRAINED_ON, np.uint8)),
        test=replace(test, part=np.full(len(test), HELD_OUT, np.uint8)),
        held_out=held_out,
        scored_train=_some_rows(len(train), study.max_scored, study.seed),
        scored_test=_some_rows(len(test), study.max_scored, study.seed),
        scaling=_scaling(train),
        fingerprint=of_all,
        whole=whole,
    )


def _scaling(train: Dataset) -> Scaling:
    """The units of errors and distances, by the rows that are learned from."""
    if train.mixed_encoder is not None:
        return train.mixed_encoder.rescaled(train.X).scaling_
    return fit_scaling(train.X, per_channel=train.layout == "series")


def prepared_again(run: Run) -> Prepared:
    """Return the parts of the data that a run learned from and held out.

    Raises
    ------
    RunError
        If the data have changed since: what is held out now may have been learned from. Or if run.json is
        damaged.
    """
    known, study = run.fingerprint, recorded_study(run)
    prepared = prepare(study, run.features_by_name)
    if not _is_of(prepared, known) or run.data.n_train not in (None, len(prepared.train)):
        raise RunError(
            f"The data of the run '{run.path}' have changed since it was trained, so nobody knows which of "
            "them it has not seen. Start a new run."
        )
    scored = rows_of(run.info.cheap_forms, SCORES)
    return prepared if scored is None else prepared.scoring(scored, study.seed)


def _is_of(prepared: Prepared, known: str) -> bool:
    """Whether data have the fingerprint that a run knows; those of version 0.1 have one for each part."""
    if "-" in known:
        return known == f"{fingerprint(prepared.train.X)}-{fingerprint(prepared.test.X)}"
    return known == prepared.fingerprint


def recorded_study(run: Run) -> Study:
    """Return the settings of a run, to look at: of a model that they name nothing is imported or built."""
    return check_study(run.study, f"The run '{run.path}'", trust=True)


def load_for_study(
    settings: DataSettings, split: Split, feature_names: Sequence[str] | None = None
) -> Dataset:
    """Load a part of the data as the settings say, grey and with a border where they ask for it."""
    asked = settings.model_dump(include=set(CONVERSIONS))
    return load_converted(settings.source, split, feature_names=feature_names, **asked)


def _split(data: Dataset, fraction: float, seed: int) -> tuple[Dataset, Dataset]:
    if len(data) - n_held_out(len(data), fraction) < FEWEST_ROWS:
        raise DataError(
            f"'{data.name}' has too few samples ({len(data)}); a run needs at least {2 * FEWEST_ROWS}: "
            "some to learn from and some to hold out. Give it more samples."
        )
    held_out = draw_held_out(len(data), fraction, seed)
    return data.take(np.setdiff1d(np.arange(len(data)), held_out)), data.take(held_out)


def _some_rows(n: int, most: int, seed: int) -> np.ndarray:
    if n <= most:
        return np.arange(n)
    generator = np.random.default_rng(derive(seed, _SCORED))
    return np.sort(generator.choice(n, most, replace=False))
