"""The exact networks of published studies."""

from latens.networks.published.cifar_sparse import CifarSparseNet
from latens.networks.published.fashion_features import FashionFeaturesNet
from latens.networks.published.latent_clusters import LatentClustersNet
from latens.networks.published.mnist_reduction import MnistReductionNet

__all__ = ["CifarSparseNet", "FashionFeaturesNet", "LatentClustersNet", "MnistReductionNet"]
