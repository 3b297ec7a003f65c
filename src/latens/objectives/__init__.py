"""Objectives: what a kind of autoencoder minimizes. They know no training loop.

An objective is a reconstruction error plus named terms, all of them per sample, so that the log, the
report and an anomaly score read the same values.
"""

from latens.objectives.adversarial import AdversarialObjective
from latens.objectives.code_penalties import (
    code_size,
    commitment,
    contraction,
    contraction_estimate,
    decoder_slope,
    decoder_weight_norm,
    half_squared_code,
    jacobian_norm,
    label_error,
    sparsity_divergence,
)
from latens.objectives.columns import ColumnError
from latens.objectives.composite_prior import CompositePriorObjective
from latens.objectives.conditional import ConditionalObjective
from latens.objectives.corruption import CORRUPTIONS
from latens.objectives.dictionary import (
    DictionaryObjective,
    active_numbers,
    dictionary_of,
)
from latens.objectives.discrepancy import inverse_multiquadratics, prior_discrepancy
from latens.objectives.divergences import gaussian_kl, gaussian_kl_per_dimension
from latens.objectives.importance import ImportanceWeightedObjective, log_weights
from latens.objectives.masked import HiddenColumns, MaskedObjective, hidden_patches
from latens.objectives.neighbors import NeighborObjective, equal_bits, student_t_similarity
from latens.objectives.objective import (
    Batch,
    Losses,
    Objective,
    Phase,
    Step,
    Term,
    linear_warmup,
)
from latens.objectives.reconstruction import (
    RECONSTRUCTION_ERRORS,
    GaussianError,
    absolute_error,
    binary_cross_entropy,
    multinomial_error,
    reconstruction_error,
    root_mean_squared_error,
    squared_error,
)
from latens.objectives.structural import structural_dissimilarity
from latens.objectives.total_correlation import total_correlation

__all__ = [
    "CORRUPTIONS",
    "RECONSTRUCTION_ERRORS",
    "AdversarialObjective",
    "Batch",
    "ColumnError",
    "CompositePriorObjective",
    "ConditionalObjective",
    "DictionaryObjective",
    "GaussianError",
    "HiddenColumns",
    "ImportanceWeightedObjective",
    "Losses",
    "MaskedObjective",
    "NeighborObjective",
    "Objective",
    "Phase",
    "Step",
    "Term",
    "absolute_error",
    "active_numbers",
    "binary_cross_entropy",
    "code_size",
    "commitment",
    "contraction",
    "contraction_estimate",
    "decoder_slope",
    "decoder_weight_norm",
    "dictionary_of",
    "equal_bits",
    "gaussian_kl",
    "gaussian_kl_per_dimension",
    "half_squared_code",
    "hidden_patches",
    "inverse_multiquadratics",
    "jacobian_norm",
    "label_error",
    "linear_warmup",
    "log_weights",
    "multinomial_error",
    "prior_discrepancy",
    "reconstruction_error",
    "root_mean_squared_error",
    "sparsity_divergence",
    "squared_error",
    "structural_dissimilarity",
    "student_t_similarity",
    "total_correlation",
]
