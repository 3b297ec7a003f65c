"""Score models and what needs no network on the same rows, and hold them against each other."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from latens.models import BaseAutoencoder
from latens.runs import Evidence, PairedDifference, ResultRow
from latens.studies.convergence import why_unfinished
from latens.studies.differences import differences
from latens.studies.preparation import Prepared
from latens.studies.representations import Baselines, Representation
from latens.studies.scoring import Scores, score
from latens.studies.structure import find_structure

__all__ = ["ComparedSeed", "compare", "gather_evidence"]


@dataclass(frozen=True, eq=False)
class ComparedSeed:
    """One seed of a comparison.

    Attributes
    ----------
    scores : mapping of str to Scores
        By representation.
    differences : list of PairedDifference
        Between each model and raw values, PCA of its size, and UMAP where it is there.
    """

    scores: Mapping[str, Scores]
    differences: list[PairedDifference]

    @property
    def rows(self) -> list[ResultRow]:
        """The rows of results.json."""
        return [row for one in self.scores.values() for row in one.rows]


def compare(
    data: Prepared,
    baselines: Baselines,
    models: Sequence[Representation],
    *,
    k: int,
    seed: int,
    umap: Sequence[Representation] = (),
    say: Callable[[str], object] = lambda words: None,
) -> ComparedSeed:
    """Score all representations with k clusters, and every model beside the others."""
    scores = {}
    for one in (*baselines.all(), *umap, *models):
        say(f"scoring {one.label}")
        scores[one.name] = score(data, one, k=k, seed=seed)
    found = []
    for model in models:
        others = (baselines.raw, baselines.pca_of(model), *umap)
        beside = {one.name: scores[one.name].samples for one in others}
        found += differences(model.name, beside, scores[model.name].samples, ~data.is_copy, seed)
    return ComparedSeed(scores, found)


def gather_evidence(
    data: Prepared, raw: Representation, model: BaseAutoencoder, seed: int
) -> Evidence:
    """Look at the data, raw values among them, and at the training of the model that is judged."""
    return Evidence(
        n_held_out=len(data.scored_test),
        n_copies=int(data.is_copy.sum()),
        structure=find_structure(raw.train, seed),
        unfinished=why_unfinished(model.history_, len(data.train)),
    )
