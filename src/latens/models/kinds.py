"""The list of kinds, with the module of each, which is imported when the kind is asked for."""

from importlib import import_module
from typing import Any

__all__ = ["KINDS", "describe_kinds", "kind_named"]

KINDS = {
    "VAE": "vae",
    "VQVAE": "vqvae",
    "AdversarialAutoencoder": "adversarial_autoencoder",
    "Autoencoder": "autoencoder",
    "BetaTCVAE": "beta_tcvae",
    "BetaVAE": "beta_vae",
    "BinaryAutoencoder": "binary_autoencoder",
    "ConditionalVAE": "conditional_vae",
    "ContractiveAutoencoder": "contractive_autoencoder",
    "DenoisingAutoencoder": "denoising_autoencoder",
    "MaskedAutoencoder": "masked_autoencoder",
    "NeighborAutoencoder": "neighbor_autoencoder",
    "RefinedAutoencoder": "refined_autoencoder",
    "RegularizedAutoencoder": "regularized_autoencoder",
    "SparseAutoencoder": "sparse_autoencoder",
    "StackedAutoencoder": "stacked_autoencoder",
    "SupervisedAutoencoder": "supervised_autoencoder",
    "WassersteinAutoencoder": "wasserstein_autoencoder",
}


def kind_named(name: str) -> Any:
    """Return the class of a kind.

    Examples
    --------
    >>> kind_named("VAE").__name__
    'VAE'
    """
    return getattr(import_module(f"latens.models.{KINDS[name]}"), name)


def describe_kinds() -> list[dict[str, Any]]:
    """Return the name of each kind, its purpose, and the parameters that only some kinds have.

    Examples
    --------
    >>> describe_kinds()[0]["parameters"]
    {'latent_dim': 10, 'likelihood': 'gaussian', 'n_draws': 1}
    """
    common = {"network", "trainer", "random_state"}
    described = []
    for name in KINDS:
        kind = kind_named(name)
        own = {key: one for key, one in kind().get_params(deep=False).items() if key not in common}
        purpose = kind.__doc__.strip().splitlines()[0]
        described.append({"kind": name, "purpose": purpose, "parameters": own})
    return described
