"""The list of kinds, with the module of each, which is imported when the kind is asked for."""

import ast
from importlib import import_module
from pathlib import Path
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

_COMMON = {"network", "trainer", "random_state"}


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

    They are read from the source, as to import a kind is to import torch, which takes seconds.

    Examples
    --------
    >>> describe_kinds()[0]["parameters"]
    {'latent_dim': 10, 'likelihood': 'gaussian', 'n_draws': 1}
    """
    described = []
    for name, module in KINDS.items():
        kind = _class_in(Path(__file__).with_name(f"{module}.py"), name)
        purpose = (ast.get_docstring(kind) or "").partition("\n")[0]
        described.append({"kind": name, "purpose": purpose, "parameters": _own_parameters(kind)})
    return described


def _class_in(path: Path, name: str) -> ast.ClassDef:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return next(one for one in tree.body if isinstance(one, ast.ClassDef) and one.name == name)


def _own_parameters(kind: ast.ClassDef) -> dict[str, Any]:
    """The parameters of a class with their defaults, in alphabetical order, as `get_params` has them."""
    functions = (one for one in kind.body if isinstance(one, ast.FunctionDef))
    given = next(one.args for one in functions if one.name == "__init__")
    first = given.args[len(given.args) - len(given.defaults) :]
    pairs = [
        *zip(first, given.defaults, strict=True),
        *zip(given.kwonlyargs, given.kw_defaults, strict=True),
    ]
    own = ((one.arg, default) for one, default in pairs if default and one.arg not in _COMMON)
    return {
        name: ast.literal_eval(default) for name, default in sorted(own, key=lambda one: one[0])
    }
