"""All measurements of a protocol for one seed."""

import time
from collections.abc import Callable, Mapping

import numpy as np

from latens.clustering import KMeans
from latens.metrics import silhouette_sweep
from latens.models import BaseAutoencoder
from latens.runs import Measure
from latens.studies.map_process import fit_tsne
from latens.studies.preparation import Prepared
from latens.studies.protocol.partition import measure_partition
from latens.studies.protocol.variances import measure_variances
from latens.studies.representations import Representation
from latens.studies.settings import ProtocolSettings, SweepSettings, TsneSettings

__all__ = ["measure_divergence", "measure_protocol", "measure_sweep"]


def measure_protocol(
    data: Prepared,
    protocol: ProtocolSettings,
    representations: list[Representation],
    models: Mapping[str, BaseAutoencoder],
    *,
    seed: int,
    is_first: bool,
    say: Callable[[str], None],
) -> list[Measure]:
    """Return what the protocol asks for.

    What does not depend on the seed, and what takes minutes, is measured for the first seed only.
    """
    measures = []
    if is_first and protocol.variances:
        say("measuring PCA of all samples")
        measures += measure_variances(data, protocol.variances, seed)
    for representation in representations:
        if protocol.partition is not None:
            say(f"clustering the held-out part by {representation.label}")
            measures += measure_partition(data, representation, protocol.partition, seed)
        if is_first and protocol.tsne is not None:
            say(f"measuring a t-SNE of {representation.label}")
            measures += measure_divergence(representation, protocol.tsne, seed)
    for name, model in models.items():
        if protocol.sweep is not None:
            say(f"clustering all codes of {name} for every k")
            measures += measure_sweep(data, name, model, protocol.sweep, seed)
    return measures


def measure_sweep(
    data: Prepared, name: str, model: BaseAutoencoder, settings: SweepSettings, seed: int
) -> list[Measure]:
    """Return the silhouette of every k, the best k and the time it all took.

    Returns
    -------
    list of Measure
        "sweep.silhouette_K" for every k, "sweep.best_k", "sweep.best_silhouette" and "sweep.seconds",
        which is K-means and silhouettes together.
    """
    codes = np.concatenate([model.transform(data.train.X), model.transform(data.test.X)])
    distinct = len(np.unique(codes, axis=0))
    ks = range(settings.smallest, min(settings.largest, distinct - 1) + 1)
    start = time.perf_counter()
    labelings = [
        KMeans(k, n_init=settings.restarts, random_state=seed).fit_predict(codes) for k in ks
    ]
    scores = silhouette_sweep(codes, labelings)
    seconds = time.perf_counter() - start
    found = {f"silhouette_{k}": float(score) for k, score in zip(ks, scores, strict=True)}
    best = max(range(len(ks)), key=lambda at: scores[at])
    found |= {"best_k": ks[best], "best_silhouette": float(scores[best]), "seconds": seconds}
    return [
        Measure(name=f"sweep.{one}", representation=name, seed=seed, value=float(value))
        for one, value in found.items()
    ]


def measure_divergence(
    representation: Representation, settings: TsneSettings, seed: int
) -> list[Measure]:
    """Return the final Kullback-Leibler divergence of a map of the held-out codes, as "tsne.divergence".

    Two of them compare at equal perplexity only, and of equally many samples.
    """
    codes = representation.test
    _, divergence = fit_tsne(
        codes,
        seed,
        perplexity=settings.perplexity,  # openTSNE takes a third of the other codes where that is less
        learning_rate=settings.learning_rate,
        theta=settings.angle,
        early_exaggeration_iter=250,
        n_iter=max(1, settings.iterations - 250),
        negative_gradient_method="bh",
        initialization="random",
        n_jobs=-1,
    )
    return [
        Measure(
            name="tsne.divergence",
            representation=representation.name,
            seed=seed,
            value=divergence,
        )
    ]
