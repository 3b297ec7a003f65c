"""Networks: encoders, decoders and bottlenecks. They know no loss.

A factory such as `MLP` or `ConvNet` is a parameter object; `build` turns it into modules for one shape
of input. A bottleneck turns the encoder's features into a code. `Network` joins the three.
"""

from latens.networks.binary import Binary
from latens.networks.bottlenecks import Deterministic, Gaussian, Rectifier, TopK
from latens.networks.cifar_sparse import CifarSparseNet
from latens.networks.conditioned import Conditioned
from latens.networks.convnet import ConvNet
from latens.networks.dictionary import BatchTopK, JumpReLU, ThresholdedUnits
from latens.networks.factory import NetworkFactory, Parts
from latens.networks.fashion_features import FashionFeaturesNet
from latens.networks.latent_clusters import LatentClustersNet
from latens.networks.mlp import MLP
from latens.networks.mnist_reduction import MnistReductionNet
from latens.networks.network import Bottleneck, Code, Network, Output
from latens.networks.patches import patch_side
from latens.networks.quantised import Quantised
from latens.networks.refined import RefinedNetwork
from latens.networks.resnet import ResNet
from latens.networks.rule import default_network
from latens.networks.unpooling import Positions
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
