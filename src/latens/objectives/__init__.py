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
from latens.objectives.contractive import ContractiveObjective
from latens.objectives.corruption import CORRUPTIONS
from latens.objectives.divergences import gaussian_kl, gaussian_kl_per_number
from latens.objectives.multinomial import multinomial_error
from latens.objectives.neighbours import NeighbourObjective
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
from latens.objectives.supervised import SupervisedObjective

__all__ = [
    "CORRUPTIONS",
    "RECONSTRUCTION_ERRORS",
    "AdversarialObjective",
    "Batch",
    "CompositePriorObjective",
    "ContractiveObjective",
    "GaussianError",
    "Losses",
    "NeighbourObjective",
    "Objective",
    "Phase",
    "SupervisedObjective",
    "Term",
    "absolute_error",
    "binary_cross_entropy",
    "code_size",
    "commitment",
    "contraction_estimate",
    "gaussian_kl",
    "gaussian_kl_per_number",
    "jacobian_norm",
    "multinomial_error",
    "reconstruction_error",
    "root_mean_squared_error",
    "sparsity_divergence",
    "squared_error",
]
