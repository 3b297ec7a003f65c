"""A fitted model as a folder: `model.json` says what it is, `weights.safetensors` holds the numbers.

Nothing here writes or reads a pickle, and nothing that a file names is imported: a folder from a
stranger can be refused, but it cannot run code.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from sklearn.base import BaseEstimator

import latens
from latens import models, networks, training
from latens._saved import SavedKind
from latens.data.scaling import Scaling
from latens.exceptions import ModelError
from latens.training import History

if TYPE_CHECKING:
    from latens.models.base import BaseAutoencoder
    from latens.networks import NetworkFactory

__all__ = ["load_model", "write_model"]

_SAVED = SavedKind("model")
_WEIGHTS = "weights.safetensors"


def write_model(model: "BaseAutoencoder", path: Path, *, overwrite: bool) -> Path:
    """Write a fitted model to a folder that is complete or not there at all."""
    with _SAVED.writing(path, _describe(model), overwrite=overwrite) as folder:
        save_file(_tensors(model), folder / _WEIGHTS)
    return path


def load_model(
    path: str | Path,
    *,
    network: "NetworkFactory | None" = None,
    kind: "type[BaseAutoencoder] | None" = None,
    device: str = "auto",
) -> "BaseAutoencoder":
    """Read a model that `save` wrote, ready to transform, reconstruct or be fitted anew.

    Parameters
    ----------
    path : str or path
        The folder.
    network : network factory, optional
        Needed for a model whose network is a class of your own.
    kind : class, optional
        Needed for a model of a kind of your own.
    device : str, default="auto"
        Where it computes from now on.

    Raises
    ------
    ModelError
        If the folder is not a model, is damaged, or needs `network` or `kind`.

    Examples
    --------
    >>> latens.load_model("no-such-folder")
    Traceback (most recent call last):
    ...
    latens.exceptions.ModelError: 'no-such-folder' is not a saved model: it has no model.json.
    """
    path = Path(path)
    about = _SAVED.read(path)
    try:
        model = _kind(about, kind, path)(**_parameters(about["parameters"], network, path))
        trainer = training.Trainer() if model.trainer is None else model.trainer
        if trainer.device != device:
            model.trainer = trainer.set_params(device=device)
        tensors = _read_weights(path)
        model.seed_ = about["seed"]
        model.input_shape_ = tuple(about["input_shape"])
        model.n_features_in_ = about["n_features_in"]
        if "feature_names_in" in about:
            model.feature_names_in_ = np.array(about["feature_names_in"], dtype=object)
        offset, scale = tensors.pop("scaling.offset"), tensors.pop("scaling.scale")
        model.scaling_ = Scaling(offset.numpy(), scale.numpy(), bounded=about["bounded"])
        model.codes_ = tensors.pop("codes").numpy()
        if "classes" in about:
            model.classes_ = np.array(about["classes"])
        model.history_ = History.from_json(about["history"])
        model._note_progress()
        model._build()
        modules = torch.nn.ModuleDict({"network": model.network_, "objective": model.objective_})
        modules.load_state_dict(tensors)
    except (AttributeError, KeyError, TypeError, RuntimeError) as error:
        reason = str(error).splitlines()[0]
        raise ModelError(f"The model '{path}' is damaged or incomplete: {reason}") from error
    modules.eval()
    return model


def _describe(model: "BaseAutoencoder") -> dict[str, Any]:
    about = {
        "latens": latens.__version__,
        "kind": type(model).__name__,
        "parameters": {
            name: _plain(name, value) for name, value in model.get_params(deep=False).items()
        },
        "seed": model.seed_,
        "input_shape": list(model.input_shape_),
        "n_features_in": model.n_features_in_,
        "bounded": model.scaling_.bounded,
        "history": model.history_.to_json(),
    }
    if hasattr(model, "classes_"):
        about["classes"] = model.classes_.tolist()
    if hasattr(model, "feature_names_in_"):
        about["feature_names_in"] = list(model.feature_names_in_)
    # The seed that was drawn stands for a generator, which has no place in JSON.
    if not isinstance(model.random_state, int | None):
        about["parameters"]["random_state"] = model.seed_
    return about


def _plain(name: str, value: Any) -> Any:
    """A parameter as JSON: numbers, words and sequences as they are, parameter objects by class."""
    if isinstance(value, BaseEstimator):
        parameters = {key: _plain(key, item) for key, item in value.get_params(deep=False).items()}
        return {"class": type(value).__name__, "parameters": parameters}
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, tuple | list):
        return [_plain(name, item) for item in value]
    if name in ("callbacks", "checkpoint"):
        return None
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return {"class": type(value).__name__, "parameters": None}


def _tensors(model: "BaseAutoencoder") -> dict[str, torch.Tensor]:
    modules = torch.nn.ModuleDict({"network": model.network_, "objective": model.objective_})
    tensors = {
        name: value.detach().cpu().clone(memory_format=torch.contiguous_format)
        for name, value in modules.state_dict().items()
    }
    tensors["codes"] = torch.tensor(model.codes_)
    tensors["scaling.offset"] = torch.tensor(model.scaling_.offset)
    tensors["scaling.scale"] = torch.tensor(model.scaling_.scale)
    return tensors


def _read_weights(path: Path) -> dict[str, torch.Tensor]:
    try:
        return load_file(path / _WEIGHTS)
    except (SafetensorError, OSError) as error:
        raise ModelError(f"The model '{path}' is damaged: {_WEIGHTS}: {error}") from error


def _kind(
    about: dict[str, Any], kind: "type[BaseAutoencoder] | None", path: Path
) -> "type[BaseAutoencoder]":
    if kind is not None:
        return kind
    if about["kind"] not in models.__all__:
        raise ModelError(
            f"The model '{path}' is of the kind {about['kind']!r}, which latens does not have. "
            "Pass its class: load_model(path, kind=...)."
        )
    found: type[BaseAutoencoder] = getattr(models, about["kind"])
    return found


def _parameters(
    plain: dict[str, Any], network: "NetworkFactory | None", path: Path
) -> dict[str, Any]:
    parameters = {name: _rebuilt(value, path) for name, value in plain.items() if name != "network"}
    parameters["network"] = network or _rebuilt(plain["network"], path)
    return parameters


def _rebuilt(value: Any, path: Path) -> Any:
    """A parameter from JSON; only classes of latens itself are made, by name."""
    if isinstance(value, list):
        return tuple(_rebuilt(item, path) for item in value)
    if not isinstance(value, dict):
        return value
    for package in (networks, training):
        if value.get("class") in package.__all__ and value.get("parameters") is not None:
            made = getattr(package, value["class"])
            return made(**{key: _rebuilt(item, path) for key, item in value["parameters"].items()})
    raise ModelError(
        f"The model '{path}' has a part of the class {value.get('class')!r}, which latens does not "
        "have. Pass it: load_model(path, network=...)."
    )
