"""How many clusters a study makes, and why."""

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from latens.clustering import ChosenK, choose_k
from latens.studies.representations import Representation
from latens.studies.settings import Study

__all__ = ["ChosenClusters", "choose_clusters"]

# The number that every paper on these sets uses. It belongs to the protocol, as the split does; for
# all other data, labelled or not, the codes themselves decide.
_CONVENTIONS = dict.fromkeys(
    ("digits", "fashion-mnist-10k", "fashion-mnist", "mnist", "cifar-10"), 10
)
_MOST_CLUSTERS = 15
_RESTARTS = 3
_ROWS = 4_000


@dataclass(frozen=True)
class ChosenClusters:
    """The number of clusters, the reason in words, and what each criterion says of every number tried."""

    k: int
    why: str
    ks: list[int]
    silhouettes: list[float]
    criteria: list[dict[str, Any]] = field(default_factory=list)

    def to_json(self) -> dict[str, object]:
        """Return plain data for a JSON file."""
        return asdict(self)


def choose_clusters(study: Study, first: Representation) -> ChosenClusters:
    """Choose the number of clusters; the choice itself sees no labels.

    Parameters
    ----------
    study : Study
    first : Representation
        The codes of the first model.
    """
    # Not the first of them: samples from folders come class by class.
    some = np.random.default_rng(study.seed).permutation(first.train)[:_ROWS]
    distinct = len(np.unique(some, axis=0))
    ks = range(2, min(_MOST_CLUSTERS, distinct - 1) + 1)
    if len(ks) == 0:
        return ChosenClusters(1, "the codes do not differ enough to form clusters", [], [])
    chosen = choose_k(some, ks, n_init=_RESTARTS, random_state=study.seed)
    tried = list(chosen.ks), [float(value) for value in chosen.silhouettes]
    if study.clusters is not None:
        k, why = min(study.clusters, distinct), "as asked for"
        if k < study.clusters:
            why = f"{study.clusters} were asked for, but no more codes differ"
    elif study.data.source in _CONVENTIONS:
        k, why = _CONVENTIONS[study.data.source], "the convention for this data set"
    else:
        say = ", which learnt from labels" if first.learns_from_labels else "; labels had no say"
        k, why = int(chosen.best), f"the largest silhouette of the codes{say}"
    return ChosenClusters(k, why, *tried, _criteria(chosen))


def _criteria(chosen: ChosenK) -> list[dict[str, Any]]:
    """Every criterion as plain data."""
    return [asdict(one) | {"values": one.values.tolist()} for one in chosen.criteria]
