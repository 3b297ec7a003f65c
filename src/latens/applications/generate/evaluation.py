"""What generated samples are worth, beside what new real ones would be."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import prod
from typing import Any

import numpy as np

from latens._seeds import derive, seed_from
from latens.applications.generate.features import Features, learnt_features, raw_features
from latens.applications.generate.mixture import MixtureSampler
from latens.applications.generate.pca import PcaModel
from latens.applications.generate.prior import PriorSampler, draws_classes
from latens.data import as_array
from latens.exceptions import DataError
from latens.metrics import (
    Memorization,
    density_coverage,
    frechet_distance,
    memorization,
    precision_recall,
)
from latens.runs import Table

__all__ = ["SampleEvaluation", "SampleScores", "compare_models", "evaluate_samples"]

# Precision needs the distances of all pairs; 10,000 samples take seconds.
_MOST_SAMPLES = 10_000
_FEWEST_SAMPLES = 10
_PAIRS = 12
# In each set of new samples: half a gigabyte of floats.
_MOST_VALUES, _FEWEST_NEW = 2**26, 100
_HALVES, _GENERATED = 0, 1
_HEADINGS = (
    "samples",
    "Fréchet",
    "precision",
    "recall",
    "density",
    "coverage",
    "near",
    "authentic",
)


@dataclass(frozen=True)
class SampleScores:
    """How samples compare with real samples that no model has seen.

    Attributes
    ----------
    frechet_distance : float
        In [0, inf); lower is better. In the named features alone: it is no FID.
    precision, recall : float
        In [0, 1]; higher is better.
    density : float
        In [0, inf); about 1 is right.
    coverage : float
        In [0, 1]; higher is better.
    share_closer : float
        In [0, 1]; the share that is nearer to a training sample than all but the nearest 1 % of real
        held-out samples. Far above 0.01: copies, or blurred samples in the middle of things.
    authenticity : float
        In [0, 1]; the share that is farther from its nearest training sample than that is from its own.
    """

    frechet_distance: float
    precision: float
    recall: float
    density: float
    coverage: float
    share_closer: float
    authenticity: float


@dataclass(frozen=True, eq=False)
class SampleEvaluation:
    """Scores of generated samples, in named features, at equal numbers of samples.

    Attributes
    ----------
    features : str
        The name of the features that everything was measured in.
    n_samples : int
        How many samples of each row were compared with as many real ones.
    n_train : int
        Training samples that copies were looked for among.
    held_out : SampleScores
        Of other real samples that no model has seen: what a perfect generator would reach.
    scores : dict of str to SampleScores
        Of the generated samples.
    closest : dict of str to ndarray of shape (2, n_pairs, ...)
        The 12 generated samples that come nearest to a training sample, and these training samples:
        whether they are copies is for the eye to say.
    """

    features: str
    n_samples: int
    n_train: int
    held_out: SampleScores
    scores: dict[str, SampleScores]
    closest: dict[str, np.ndarray]

    def table(self) -> Table:
        """Return the evaluation as the report shows it, real samples first."""
        scores = {"real held-out samples": self.held_out, **self.scores}
        rows = tuple((name, *asdict(one).values()) for name, one in scores.items())
        note = (
            f"{self.n_samples:,} samples of each row beside as many held-out ones, in {self.features}. The "
            "Fréchet distance is taken in these features and is no FID; lower is better, and real samples "
            "show what is within reach. 'near' is the share that lies nearer to one of "
            f"{self.n_train:,} training samples than all but the nearest 1 % of real ones."
        )
        if "labels" in self.features:
            note += " Scored with labels."
        return Table("New samples beside real ones", _HEADINGS, rows, note)


def evaluate_samples(
    real_train: Any,
    real_test: Any,
    generated: Any,
    features: Features | None = None,
    *,
    y_train: Any = None,
    random_state: Any = 0,
) -> SampleEvaluation:
    """Compare generated samples with real ones: whether they are like them, all of them, and new.

    Parameters
    ----------
    real_train : array-like of shape (n_train, ...)
        What the models learned from.
    real_test : array-like of shape (n_test, ...)
        Real samples that they did not see, at least 20. One half is what all samples are compared
        with, the other half is compared with it as the generated ones are.
    generated : array-like of shape (n, ...), or mapping of str to array-like
        New samples, at least 10; several sets by name are compared in one go.
    features : Features or None, default=None
        What to compare in. None: the scaled values of tables, and for images `learnt_features` of the
        training samples.
    y_train : array-like of shape (n_train,) or None, default=None
        Classes for `learnt_features`; only where `features` is None.
    random_state : int, RandomState or None, default=0
        Decides which samples are compared where there are more than needed, and the features.

    Returns
    -------
    SampleEvaluation

    Raises
    ------
    DataError
        If there are too few samples, or their shapes differ.

    Notes
    -----
    All rows are compared with the same real samples, as many as they have themselves: the smallest set,
    half of the held-out samples, or 10,000 decides how many. A Fréchet distance falls as samples grow
    in number. Training samples alone would be no fair reference: features that were learned from them
    know them better than any others. Copies are looked for among all of them.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> train, test, close, far = (rng.normal(m, size=(200, 3)) for m in (0, 0, 0, 9))
    >>> found = evaluate_samples(train, test, {"close": close, "far": far})
    >>> found.features, found.scores["far"].precision
    ('scaled values', 0.0)
    >>> found.scores["close"].frechet_distance < found.scores["far"].frechet_distance
    True
    """
    sets = dict(generated) if isinstance(generated, Mapping) else {"generated": generated}
    train, test = as_array(real_train), as_array(real_test)
    sets = {name: as_array(samples) for name, samples in sets.items()}
    _check_shapes({"real_train": train, "real_test": test, **sets})
    seed = seed_from(random_state)
    if features is None:
        features = (
            raw_features(train)
            if train.ndim == 2
            else learnt_features(train, y_train, random_state=seed)
        )
    n = min(_MOST_SAMPLES, len(test) // 2, *map(len, sets.values()))
    halves = np.random.default_rng(derive(seed, _HALVES)).permutation(len(test))
    rows = {name: _some(len(one), n, derive(seed, _GENERATED)) for name, one in sets.items()}
    return _evaluated(
        features,
        train,
        (test[halves[:n]], test[halves[-n:]]),
        {name: one[rows[name]] for name, one in sets.items()},
    )


def _evaluated(
    features: Features,
    train: np.ndarray,
    test: tuple[np.ndarray, np.ndarray],
    sets: dict[str, np.ndarray],
) -> SampleEvaluation:
    """Compare sets of equally many samples with the first half of the held-out ones."""
    of_train, reference, of_test = map(features.of, (train, *test))
    n = len(reference)
    of_sets = {name: features.of(one) for name, one in sets.items()}
    # One search for all sets, as that among the held-out samples is the same for each.
    copies = memorization(of_train, of_test, np.concatenate(list(of_sets.values())))
    parts = {name: slice(at * n, (at + 1) * n) for at, name in enumerate(sets)}
    return SampleEvaluation(
        features=features.name,
        n_samples=n,
        n_train=len(train),
        held_out=_scores(reference, of_test, copies.quantile, copies.authenticity_held_out),
        scores={
            name: _scores(
                reference,
                of_sets[name],
                float(copies.is_closer[part].mean()),
                float(copies.is_authentic[part].mean()),
            )
            for name, part in parts.items()
        },
        closest={name: _closest(copies, part, sets[name], train) for name, part in parts.items()},
    )


def _check_shapes(sets: dict[str, np.ndarray]) -> None:
    shapes = {one.shape[1:] for one in sets.values()}
    if len(sets) < 3:
        raise DataError("There are no generated samples to evaluate.")
    if len(shapes) > 1:
        words = ", ".join(f"{name} {one.shape[1:]}" for name, one in sets.items())
        raise DataError(f"All samples must have one shape. Got {words}.")
    for name, one in sets.items():
        fewest = _FEWEST_SAMPLES * (2 if name == "real_test" else 1)
        if len(one) < fewest:
            raise DataError(f"{name} must have at least {fewest} samples. Got {len(one)}.")


def _some(n: int, enough: int, seed: int) -> np.ndarray:
    return np.sort(np.random.default_rng(seed).choice(n, enough, replace=False))


def _scores(
    reference: np.ndarray, samples: np.ndarray, share_closer: float, authenticity: float
) -> SampleScores:
    hits, covers = precision_recall(reference, samples), density_coverage(reference, samples)
    return SampleScores(
        frechet_distance(reference, samples),
        hits.precision,
        hits.recall,
        covers.density,
        covers.coverage,
        share_closer,
        authenticity,
    )


def _closest(
    copies: Memorization, part: slice, samples: np.ndarray, train: np.ndarray
) -> np.ndarray:
    order = np.argsort(copies.distances[part], kind="stable")[:_PAIRS]
    return np.stack([samples[order], train[copies.nearest[part][order]]])


def compare_models(
    models: Mapping[str, Any],
    real_train: Any,
    real_test: Any,
    features: Features | None = None,
    *,
    n_samples: int = 5_000,
    random_state: Any = 0,
) -> SampleEvaluation:
    """Judge the samples of each model in one table: by its prior, if it has one, and by a mixture.

    Parameters
    ----------
    models : mapping of str to estimator
        Fitted on `real_train`.
    real_train, real_test : array-likes of shape (n, ...)
    features : Features or None, default=None
        See `evaluate_samples`.
    n_samples : int, default=5_000
        New samples of each; never more than half of `real_test`, and fewer of large images.
    random_state : int, RandomState or None, default=0

    Returns
    -------
    SampleEvaluation
        Rows called "NAME, prior", "NAME, mixture" and "PCA of N dimensions, mixture". For a model that
        draws classes the first is "NAME, by class".

    Examples
    --------
    >>> import numpy as np
    >>> from latens.models import VAE
    >>> from latens.training import Trainer
    >>> X = np.random.default_rng(0).normal(size=(90, 8))
    >>> vae = VAE(3, trainer=Trainer(max_epochs=1), random_state=0).fit(X[:64])
    >>> list(compare_models({"vae": vae}, X[:64], X[64:]).scores)
    ['vae, prior', 'vae, mixture', 'PCA of 3 dimensions, mixture']
    """
    seed = seed_from(random_state)
    samplers: dict[str, PriorSampler | MixtureSampler] = {}
    for name, model in models.items():
        if model.has_prior:
            how = "by class" if draws_classes(model) else "prior"
            samplers[f"{name}, {how}"] = PriorSampler().fit(model)
        samplers[f"{name}, mixture"] = MixtureSampler(random_state=seed).fit(model)
    for numbers in sorted({model.latent_dim for model in models.values()}):
        pca = PcaModel(numbers).fit(real_train)
        name = f"PCA of {pca.codes_.shape[1]} dimensions, mixture"
        samplers[name] = MixtureSampler(random_state=seed).fit(pca)
    test = as_array(real_test)
    affordable = max(_FEWEST_NEW, _MOST_VALUES // prod(test.shape[1:]))
    n = max(1, min(n_samples, len(test) // 2, affordable))
    samples = {name: one.sample(n, random_state=seed) for name, one in samplers.items()}
    return evaluate_samples(real_train, real_test, samples, features, random_state=seed)
