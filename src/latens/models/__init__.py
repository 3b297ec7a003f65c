"""The kinds of autoencoder, as scikit-learn estimators. `__all__` lists them, and loads no torch."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from latens.models.kinds import KINDS, kind_named

if TYPE_CHECKING:
    from latens.models.adversarial_autoencoder import AdversarialAutoencoder
    from latens.models.autoencoder import Autoencoder
    from latens.models.base import BaseAutoencoder as BaseAutoencoder
    from latens.models.beta_tcvae import BetaTCVAE
    from latens.models.beta_vae import BetaVAE
    from latens.models.binary_autoencoder import BinaryAutoencoder
    from latens.models.conditional_vae import ConditionalVAE
    from latens.models.contractive_autoencoder import ContractiveAutoencoder
    from latens.models.denoising_autoencoder import DenoisingAutoencoder
    from latens.models.masked_autoencoder import MaskedAutoencoder
    from latens.models.neighbor_autoencoder import NeighborAutoencoder
    from latens.models.persistence import load_model as load_model
    from latens.models.refined_autoencoder import RefinedAutoencoder
    from latens.models.regularized_autoencoder import RegularizedAutoencoder
    from latens.models.sparse_autoencoder import SparseAutoencoder
    from latens.models.stacked_autoencoder import StackedAutoencoder
    from latens.models.supervised_autoencoder import SupervisedAutoencoder
    from latens.models.vae import VAE
    from latens.models.vqvae import VQVAE
    from latens.models.wasserstein_autoencoder import WassersteinAutoencoder

__all__ = [
    "VAE",
    "VQVAE",
    "AdversarialAutoencoder",
    "Autoencoder",
    "BetaTCVAE",
    "BetaVAE",
    "BinaryAutoencoder",
    "ConditionalVAE",
    "ContractiveAutoencoder",
    "DenoisingAutoencoder",
    "MaskedAutoencoder",
    "NeighborAutoencoder",
    "RefinedAutoencoder",
    "RegularizedAutoencoder",
    "SparseAutoencoder",
    "StackedAutoencoder",
    "SupervisedAutoencoder",
    "WassersteinAutoencoder",
]

_BESIDE = {"BaseAutoencoder": "latens.models.base", "load_model": "latens.models.persistence"}


def __getattr__(name: str) -> Any:
    """Import a kind, and torch with it, only when it is asked for."""
    if name in KINDS:
        return kind_named(name)
    if name in _BESIDE:
        return getattr(import_module(_BESIDE[name]), name)
    raise AttributeError(f"module 'latens.models' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*KINDS, *_BESIDE])
