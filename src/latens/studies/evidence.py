"""What a verdict knows besides the scores: copies, structure in the data, and whether training was enough."""

from dataclasses import dataclass, field

from latens.models import BaseAutoencoder
from latens.runs.contents import EvidenceContent
from latens.studies.convergence import why_unfinished
from latens.studies.preparation import Prepared
from latens.studies.representations import Representation
from latens.studies.structure import Structure, find_structure

__all__ = ["Evidence", "gather_evidence", "recorded_evidence"]


@dataclass(frozen=True)
class Evidence:
    """What is known about a study besides its scores.

    Attributes
    ----------
    n_held_out, n_copies : int
        Scored held-out rows, and how many of them are copies of training rows.
    structure : Structure
    unfinished : str
        Why the training was too short to say, as a sentence; empty where it was not.
    """

    n_held_out: int
    n_copies: int = 0
    structure: Structure = field(default_factory=Structure)
    unfinished: str = ""


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


def recorded_evidence(found: EvidenceContent) -> Evidence:
    """Return what results.json holds."""
    structure = Structure(found.structure.from_shuffled, found.structure.from_gaussian)
    return Evidence(found.n_held_out, found.n_copies, structure, found.unfinished)
