"""Networks that remove noise, from samples to samples."""

from latens.networks.denoising.mlp import DenoisingMLP
from latens.networks.denoising.unet import DenoisingUNet

__all__ = ["DenoisingMLP", "DenoisingUNet"]
