"""Networks: encoders, decoders and bottlenecks. They know no loss.

A factory such as `MLP` or `ConvNet` is a parameter object; `build` turns it into modules for one shape
of input. A bottleneck turns the encoder's features into a code. `Network` joins the three.
"""

from latens.networks.bottlenecks import Deterministic
from latens.networks.convnet import ConvNet
from latens.networks.factory import NetworkFactory, Parts
from latens.networks.mlp import MLP
from latens.networks.network import Bottleneck, Code, Network, Output
from latens.networks.rule import default_network

__all__ = [
    "MLP",
    "Bottleneck",
    "Code",
    "ConvNet",
    "Deterministic",
    "Network",
    "NetworkFactory",
    "Output",
    "Parts",
    "default_network",
]
