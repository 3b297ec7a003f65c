"""A fitted denoiser as a folder: `denoiser.json` says what it is, `weights.safetensors` holds numbers.

As with models, nothing here writes or reads a pickle, and nothing that a file names is imported.
"""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from latens._saved import SavedKind
from latens.data.scaling import Scaling
from latens.exceptions import ModelError
from latens.networks.denoising_mlp import DenoisingMLP
from latens.networks.denoising_unet import DenoisingUNet
from latens.training import History, Trainer

if TYPE_CHECKING:
    from latens.applications.denoise.base import BaseDenoiser

__all__ = ["is_denoiser", "load_denoiser", "write_denoiser"]

_SAVED = SavedKind("denoiser")
_WEIGHTS = "weights.safetensors"
_NETWORKS = {"DenoisingMLP": DenoisingMLP, "DenoisingUNet": DenoisingUNet}
_KINDS = {
    "BlindDenoiser": "latens.applications.denoise.blind_denoiser",
    "Denoiser": "latens.applications.denoise.denoiser",
}
_FACTS = ("seed_", "is_table_", "channels_", "image_ndim_", "n_features_in_", "dtype_")
# Of one class each.
_OWN_FACTS = ("levels_", "level_")


def is_denoiser(path: Path) -> bool:
    """Whether a folder holds a saved denoiser."""
    return _SAVED.is_at(path)


def write_denoiser(denoiser: "BaseDenoiser", path: Path, *, overwrite: bool) -> Path:
    """Write a fitted denoiser to a folder that is complete or not there at all."""
    with _SAVED.writing(path, _description(denoiser), overwrite=overwrite) as folder:
        save_file(_tensors(denoiser), folder / _WEIGHTS)
    return path


def load_denoiser(path: str | Path, *, device: str = "auto") -> "BaseDenoiser":
    """Read a denoiser that `save` wrote, ready to use.

    Parameters
    ----------
    path : str or path
        The folder.
    device : str, default="auto"
        Where it computes from now on.

    Raises
    ------
    ModelError
        If the folder is no denoiser, is damaged, or has a network that latens does not have.

    Examples
    --------
    >>> load_denoiser("no-such-folder")
    Traceback (most recent call last):
    ...
    latens.exceptions.ModelError: 'no-such-folder' is not a saved denoiser: it has no denoiser.json.
    """
    path = Path(path)
    about = _SAVED.read(path)
    try:
        kind = getattr(import_module(_KINDS[about["kind"]]), about["kind"])
        parameters: dict[str, Any] = dict(about["parameters"])
        network = _NETWORKS[about["network"]["class"]](**_lists_as_tuples(about["network"]))
        denoiser: BaseDenoiser = kind(
            **_lists_as_tuples({"parameters": parameters}),
            network=network,
            trainer=Trainer(device=device),
        )
        for name in _FACTS:
            setattr(denoiser, name, about[name])
        tensors = load_file(path / _WEIGHTS)
        offset, scale = tensors.pop("scaling.offset"), tensors.pop("scaling.scale")
        denoiser.scaling_ = Scaling(offset.numpy(), scale.numpy(), bounded=about["bounded"])
        denoiser.history_ = History.from_json(about["history"])
        if "levels_" in about:
            denoiser.levels_ = tuple(about["levels_"])
        if "level_" in about:
            denoiser.level_ = about["level_"]
            found = tensors.pop("disagreement", None)
            denoiser.disagreement_ = None if found is None else found.numpy()
        if "feature_names_in" in about:
            denoiser.feature_names_in_ = np.array(about["feature_names_in"], dtype=object)
        denoiser._build()
        denoiser.network_.load_state_dict(tensors)
    except (KeyError, TypeError, RuntimeError, SafetensorError, OSError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise ModelError(f"The denoiser '{path}' is damaged or incomplete: {reason}") from error
    return denoiser


def _description(denoiser: "BaseDenoiser") -> dict[str, Any]:
    network = denoiser.network or (DenoisingMLP() if denoiser.is_table_ else DenoisingUNet())
    name = type(network).__name__
    if name not in _NETWORKS:
        raise ModelError(
            f"A denoiser with a network of the class {name} cannot be saved; keep its state_dict."
        )
    parameters = denoiser.get_params(deep=False)
    return {
        "kind": type(denoiser).__name__,
        "parameters": {
            name: parameters[name] for name in ("noise", "noise_level") if name in parameters
        },
        "network": {
            "class": name,
            "parameters": network.get_params(),  # type: ignore[attr-defined]
        },
        **{fact: getattr(denoiser, fact) for fact in _FACTS},
        **{name: getattr(denoiser, name) for name in _OWN_FACTS if hasattr(denoiser, name)},
        **_columns(denoiser),
        "bounded": denoiser.scaling_.bounded,
        "history": denoiser.history_.to_json(),
    }


def _columns(denoiser: "BaseDenoiser") -> dict[str, list[str]]:
    names = getattr(denoiser, "feature_names_in_", None)
    return {} if names is None else {"feature_names_in": list(names)}


def _tensors(denoiser: "BaseDenoiser") -> dict[str, torch.Tensor]:
    tensors = {
        name: value.detach().cpu().clone(memory_format=torch.contiguous_format)
        for name, value in denoiser.network_.state_dict().items()
    }
    tensors["scaling.offset"] = torch.tensor(np.asarray(denoiser.scaling_.offset))
    tensors["scaling.scale"] = torch.tensor(np.asarray(denoiser.scaling_.scale))
    if getattr(denoiser, "disagreement_", None) is not None:
        tensors["disagreement"] = torch.tensor(denoiser.disagreement_)
    return tensors


def _lists_as_tuples(about: dict[str, Any]) -> dict[str, Any]:
    """Parameters from JSON."""
    return {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in about["parameters"].items()
    }
