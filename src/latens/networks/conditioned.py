"""A decoder that gets more than the code."""

from torch import Tensor, nn
from torch.nn import functional

__all__ = ["Conditioned"]


class Conditioned(nn.Module):
    """A decoder of a code and a class; where it gets a code alone, no class is named.

    Parameters
    ----------
    decoder : Module
        Of ``latent_dim + n_classes`` numbers.
    latent_dim, n_classes : int

    Examples
    --------
    >>> import torch
    >>> decoder = Conditioned(nn.Identity(), latent_dim=2, n_classes=3)
    >>> decoder(torch.ones(1, 2))
    tensor([[1., 1., 0., 0., 0.]])
    """

    def __init__(self, decoder: nn.Module, latent_dim: int, n_classes: int) -> None:
        super().__init__()
        self.decoder = decoder
        self.latent_dim, self.n_classes = latent_dim, n_classes

    def forward(self, z: Tensor) -> Tensor:
        missing = self.latent_dim + self.n_classes - z.shape[1]
        x: Tensor = self.decoder(functional.pad(z, (0, missing)) if missing else z)
        return x
