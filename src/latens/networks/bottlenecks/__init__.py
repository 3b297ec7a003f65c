"""Bottlenecks: from the features of an encoder to a code."""

from latens.networks.bottlenecks.binary import Binary
from latens.networks.bottlenecks.dense import Deterministic, Gaussian, Rectifier, TopK
from latens.networks.bottlenecks.dictionary import BatchTopK, JumpReLU, ThresholdedUnits
from latens.networks.bottlenecks.identity import IdentityBottleneck
from latens.networks.bottlenecks.vector_quantized import Quantised

__all__ = [
    "BatchTopK",
    "Binary",
    "Deterministic",
    "Gaussian",
    "IdentityBottleneck",
    "JumpReLU",
    "Quantised",
    "Rectifier",
    "ThresholdedUnits",
    "TopK",
]
