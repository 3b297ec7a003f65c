"""What a verdict knows besides the scores: copies, structure in the data, and whether training was enough."""

from latens.models import BaseAutoencoder
from latens.runs import Evidence
from latens.studies.convergence import why_unfinished
from latens.studies.preparation import Prepared
from latens.studies.representations import Representation
from latens.studies.structure import find_structure

__all__ = ["gather_evidence"]


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
