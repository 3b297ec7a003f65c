"""Objectives: what a kind of autoencoder minimises. They know no training loop.

An objective is a reconstruction error plus named code terms, all of them per sample, so that the log,
the report and an anomaly score read the same numbers.
"""

from latens.objectives.adversarial import AdversarialObjective
from latens.objectives.code_terms import (
    code_size,
    commitment,
    contraction_estimate,
    jacobian_norm,
    sparsity_divergence,
)
from latens.objectives.composite_prior import CompositePriorObjective
from latens.objectives.conditional import ConditionalObjective
from latens.objectives.contractive import ContractiveObjective
from latens.objectives.corruption import CORRUPTIONS
from latens.objectives.dictionary import (
    DictionaryObjective,
    active_numbers,
    dictionary_of,
)
from latens.objectives.discrepancy import inverse_multiquadratics, prior_discrepancy
from latens.objectives.divergences import gaussian_kl, gaussian_kl_per_number
from latens.objectives.importance import ImportanceWeightedObjective, log_weights
from latens.objectives.masked import MaskedObjective, hidden_patches
from latens.objectives.multinomial import multinomial_error
from latens.objectives.neighbours import NeighbourObjective, closeness, equal_bits
from latens.objectives.objective import Batch, Losses, Objective, Phase, Term
from latens.objectives.reconstruction import (
    RECONSTRUCTION_ERRORS,
    GaussianError,
    absolute_error,
    binary_cross_entropy,
    reconstruction_error,
    root_mean_squared_error,
    squared_error,
)
from latens.objectives.regularized import RegularizedObjective
from latens.objectives.structural import structural_dissimilarity
from latens.objectives.supervised import SupervisedObjective
from latens.objectives.total_correlation import total_correlation
from latens.objectives.weights import rising

__all__ = [
    "CORRUPTIONS",
    "RECONSTRUCTION_ERRORS",
    "AdversarialObjective",
    "Batch",
    "CompositePriorObjective",
    "ConditionalObjective",
    "ContractiveObjective",
    "DictionaryObjective",
    "GaussianError",
    "ImportanceWeightedObjective",
    "Losses",
    "MaskedObjective",
    "NeighbourObjective",
    "Objective",
    "Phase",
    "RegularizedObjective",
    "SupervisedObjective",
    "Term",
    "absolute_error",
    "active_numbers",
    "binary_cross_entropy",
    "closeness",
    "code_size",
    "commitment",
    "contraction_estimate",
    "dictionary_of",
    "equal_bits",
    "gaussian_kl",
    "gaussian_kl_per_number",
    "hidden_patches",
    "inverse_multiquadratics",
    "jacobian_norm",
    "log_weights",
    "multinomial_error",
    "prior_discrepancy",
    "reconstruction_error",
    "rising",
    "root_mean_squared_error",
    "sparsity_divergence",
    "squared_error",
    "structural_dissimilarity",
    "total_correlation",
]
