"""How much of the neighborhoods a t-SNE map of the held-out codes loses."""

import warnings

import numpy as np

from latens.runs import Measure
from latens.studies.representations import Representation
from latens.studies.settings import TsneSettings

__all__ = ["measure_divergence"]


def measure_divergence(
    representation: Representation, settings: TsneSettings, seed: int
) -> list[Measure]:
    """Return the final Kullback-Leibler divergence of a map of the held-out codes, as "tsne.divergence".

    Two of them compare at equal perplexity only, and of equally many samples.
    """
    from openTSNE import TSNE

    codes = np.asarray(representation.test, dtype=np.float64)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        map_ = TSNE(
            perplexity=min(settings.perplexity, (len(codes) - 1) / 3),
            learning_rate=settings.learning_rate,
            theta=settings.angle,
            early_exaggeration_iter=250,
            n_iter=max(1, settings.iterations - 250),
            negative_gradient_method="bh",
            initialization="random",
            random_state=seed,
            n_jobs=-1,
        ).fit(codes)
    return [
        Measure(
            name="tsne.divergence",
            representation=representation.name,
            seed=seed,
            value=float(map_.kl_divergence),
        )
    ]
