"""All measurements of a protocol for one seed."""

from collections.abc import Callable, Mapping

from latens.models import BaseAutoencoder
from latens.runs import Measure
from latens.studies.preparation import Prepared
from latens.studies.protocol.divergence import measure_divergence
from latens.studies.protocol.partition import measure_partition
from latens.studies.protocol.sweep import measure_sweep
from latens.studies.protocol.variances import measure_variances
from latens.studies.representations import Representation
from latens.studies.settings import ProtocolSettings

__all__ = ["measure_protocol"]


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
