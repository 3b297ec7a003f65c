"""A fitted denoiser as a folder: `denoiser.json` says what it is, `weights.safetensors` holds numbers.

As with models, nothing here writes or reads a pickle, and nothing that a file names is imported.
"""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import torch
from pydantic import Field
from safetensors.torch import save_file

from latens._devices import resolve_device
from latens._facts import ColumnName, Count, Facts, Finite, SeedNumber
from latens._saved import SavedKind, Tensors, check_shapes
from latens._validation import check_parameters
from latens.data.scaling import Scaling
from latens.exceptions import ModelError
from latens.networks.denoising_mlp import DenoisingMLP
from latens.networks.denoising_unet import DenoisingUNet
from latens.networks.planning import check_plan, load_weights
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


class _NetworkFacts(Facts):
    # The name of the field in the file is no name in Python.
    kind: Literal["DenoisingMLP", "DenoisingUNet"] = Field(alias="class")
    parameters: dict[str, Any]


class _DenoiserFacts(Facts):
    kind: Literal["BlindDenoiser", "Denoiser"]
    parameters: dict[str, Any]
    network: _NetworkFacts
    seed_: SeedNumber
    is_table_: bool
    channels_: Count
    image_ndim_: Literal[1, 2, 3]
    n_features_in_: Count
    dtype_: str
    bounded: bool
    history: History
    levels_: list[Finite] = Field(default=[], max_length=2)
    level_: Finite | None = None
    feature_names_in: list[ColumnName] | None = None


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
    resolve_device(device)  # of what is asked for, and no fault of the folder's
    with _SAVED.reading(Path(path), _DenoiserFacts, _WEIGHTS) as saved:
        denoiser = _described(saved.facts, device)
        weights = dict(saved.tensors)
        _restore_facts(denoiser, saved.facts, weights)
        check_plan(denoiser._make_network, weights)
        denoiser._build()
        load_weights(denoiser.network_, weights)
        _check_answer(denoiser)
    return denoiser


def _described(facts: _DenoiserFacts, device: str) -> "BaseDenoiser":
    """The denoiser before it was fitted."""
    network = _NETWORKS[facts.network.kind](**_lists_as_tuples(facts.network.parameters))
    kind = getattr(import_module(_KINDS[facts.kind]), facts.kind)
    denoiser: BaseDenoiser = kind(
        **_lists_as_tuples(facts.parameters), network=network, trainer=Trainer(device=device)
    )
    check_parameters(denoiser)
    return denoiser


def _restore_facts(denoiser: "BaseDenoiser", facts: _DenoiserFacts, weights: Tensors) -> None:
    """Set what the fit has left beside the network, and take it out of the weights."""
    for name in _FACTS:
        setattr(denoiser, name, getattr(facts, name))
    axes = (facts.is_table_, facts.image_ndim_)
    if axes not in ((True, 1), (False, 2), (False, 3)) or (axes[1] == 2 and facts.channels_ != 1):
        raise ValueError(f"samples of {facts.image_ndim_} axes have no {facts.channels_} channels")
    if np.dtype(facts.dtype_).kind not in "biuf" or (
        facts.is_table_ and facts.channels_ != facts.n_features_in_
    ):
        raise ValueError(f"no samples have {facts.n_features_in_} values of {facts.dtype_}")
    if facts.feature_names_in is not None:
        if not facts.is_table_ or len(facts.feature_names_in) != facts.channels_:
            raise ValueError("there is not one name for each column")
        denoiser.feature_names_in_ = np.array(facts.feature_names_in, dtype=object)
    offset, scale = weights.pop("scaling.offset"), weights.pop("scaling.scale")
    shape = (facts.channels_,) if facts.is_table_ else ()
    denoiser.scaling_ = Scaling.restored(offset, scale, bounded=facts.bounded, input_shape=shape)
    denoiser.history_ = facts.history
    restore = _restore_levels if facts.kind == "Denoiser" else _restore_disagreement
    restore(denoiser, facts, weights)


def _restore_levels(denoiser: Any, facts: _DenoiserFacts, weights: Tensors) -> None:
    low, high = facts.levels_
    if not 0 <= low <= high or high == 0:
        raise ValueError(f"there is no noise of a level from {low} to {high}")
    denoiser.levels_ = (low, high)


def _restore_disagreement(denoiser: Any, facts: _DenoiserFacts, weights: Tensors) -> None:
    own = {name: weights.pop(name) for name in ("disagreement",) if name in weights}
    check_shapes(own, {"disagreement": (facts.channels_,)} if facts.is_table_ else {})
    denoiser.disagreement_ = own.get("disagreement")
    if "level_" not in facts.model_fields_set or (facts.level_ is not None and not facts.is_table_):
        raise ValueError("its 'level_' is none of what it was fitted on")
    if any((values < 0).any() for values in own.values()) or (facts.level_ or 0) < 0:
        raise ValueError("'disagreement' or 'level_' is below 0")
    denoiser.level_ = facts.level_


def _check_answer(denoiser: "BaseDenoiser") -> None:
    """Refuse weights that are finite and give what is not."""
    weight = next(denoiser.network_.parameters())
    n_in = denoiser._n_in(denoiser.channels_)
    shape = (1, n_in) if denoiser.is_table_ else (1, n_in, 8, 8)
    with torch.inference_mode():
        noise = denoiser.network_(torch.full(shape, 0.5).to(weight)).x_hat
    if not noise.isfinite().all():
        raise ValueError("its weights make no finite numbers of a sample")


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


def _lists_as_tuples(parameters: dict[str, Any]) -> dict[str, Any]:
    """Parameters from JSON."""
    return {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in parameters.items()
    }
