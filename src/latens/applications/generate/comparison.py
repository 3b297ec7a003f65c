"""The samples of several models, by prior and by mixture, beside those of PCA."""

from collections.abc import Mapping
from math import prod
from typing import Any

from latens._seeds import seed_from
from latens.applications.generate.evaluation import SampleEvaluation, evaluate_samples
from latens.applications.generate.features import Features
from latens.applications.generate.mixture import MixtureSampler
from latens.applications.generate.pca import PcaModel
from latens.applications.generate.prior import PriorSampler, draws_classes
from latens.data import as_array

__all__ = ["compare_models"]

# In each set of new samples: half a gigabyte of floats.
_MOST_VALUES, _FEWEST_SAMPLES = 2**26, 100


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
    affordable = max(_FEWEST_SAMPLES, _MOST_VALUES // prod(test.shape[1:]))
    n = max(1, min(n_samples, len(test) // 2, affordable))
    samples = {name: one.sample(n, random_state=seed) for name, one in samplers.items()}
    return evaluate_samples(real_train, real_test, samples, features, random_state=seed)
