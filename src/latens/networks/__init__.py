"""Networks: encoders, decoders and bottlenecks. They know no loss.

A factory such as `MLP` or `ConvNet` is a parameter object; `build` turns it into modules for one shape
of input. A bottleneck turns the encoder's features into a code. `Network` joins the three.
"""

from latens.networks.bottlenecks import (
    BatchTopK,
    Binary,
    Deterministic,
    Gaussian,
    JumpReLU,
    Quantised,
    Rectifier,
    ThresholdedUnits,
    TopK,
)
from latens.networks.convnet import ConvNet
from latens.networks.default_network import default_network
from latens.networks.factory import NetworkFactory, Parts
from latens.networks.layers.conditioned import Conditioned
from latens.networks.layers.patches import patch_side
from latens.networks.layers.unpooling import Positions
from latens.networks.mlp import MLP
from latens.networks.network import Bottleneck, Code, Network, Output
from latens.networks.published import (
    CifarSparseNet,
    FashionFeaturesNet,
    LatentClustersNet,
    MnistReductionNet,
)
from latens.networks.refined import RefinedNetwork
from latens.networks.resnet import ResNet
from latens.networks.vit import ViT

__all__ = [
    "MLP",
    "BatchTopK",
    "Binary",
    "Bottleneck",
    "CifarSparseNet",
    "Code",
    "Conditioned",
    "ConvNet",
    "Deterministic",
    "FashionFeaturesNet",
    "Gaussian",
    "JumpReLU",
    "LatentClustersNet",
    "MnistReductionNet",
    "Network",
    "NetworkFactory",
    "Output",
    "Parts",
    "Positions",
    "Quantised",
    "Rectifier",
    "RefinedNetwork",
    "ResNet",
    "ThresholdedUnits",
    "TopK",
    "ViT",
    "default_network",
    "patch_side",
]
