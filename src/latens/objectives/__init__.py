"""Objectives: what a kind of autoencoder minimises. They know no training loop.

An objective is a reconstruction error plus named code terms, all of them per sample, so that the log,
the report and an anomaly score read the same numbers.
"""

from latens.objectives.objective import Batch, Losses, Objective, Phase
from latens.objectives.reconstruction import (
    RECONSTRUCTION_ERRORS,
    absolute_error,
    binary_cross_entropy,
    squared_error,
)

__all__ = [
    "RECONSTRUCTION_ERRORS",
    "Batch",
    "Losses",
    "Objective",
    "Phase",
    "absolute_error",
    "binary_cross_entropy",
    "squared_error",
]
