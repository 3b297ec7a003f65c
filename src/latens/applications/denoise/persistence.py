"""A fitted denoiser as a folder: `denoiser.json` says what it is, `weights.safetensors` holds numbers.

As with models, nothing here writes or reads a pickle, and nothing that a file names is imported.
"""

from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from pydantic import Field

from latens._devices import resolve_device
from latens._json_records import ColumnName, Count, Facts, Finite, SeedNumber
from latens._saved import Tensors, check_shapes
from latens._validation import check_parameters
from latens.applications.denoise.base import FACTS, NETWORKS, SAVED, BaseDenoiser
from latens.applications.denoise.blind_denoiser import BlindDenoiser
from latens.applications.denoise.denoiser import Denoiser
from latens.data.scaling import Scaling
from latens.networks.planning import check_plan, load_weights
from latens.training import History, Trainer

__all__ = ["load_denoiser"]

_KINDS: dict[str, Any] = {"BlindDenoiser": BlindDenoiser, "Denoiser": Denoiser}


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


def load_denoiser(path: str | Path, *, device: str = "auto") -> BaseDenoiser:
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
    with SAVED.reading(Path(path), _DenoiserFacts) as saved:
        denoiser = _described(saved.facts, device)
        weights = dict(saved.tensors)
        _restore_facts(denoiser, saved.facts, weights)
        check_plan(denoiser._make_network, weights)
        denoiser._build()
        load_weights(denoiser.network_, weights)
        _check_answer(denoiser)
    return denoiser


def _described(facts: _DenoiserFacts, device: str) -> BaseDenoiser:
    """The denoiser before it was fitted."""
    network = NETWORKS[facts.network.kind](**_lists_as_tuples(facts.network.parameters))
    denoiser: BaseDenoiser = _KINDS[facts.kind](
        **_lists_as_tuples(facts.parameters), network=network, trainer=Trainer(device=device)
    )
    check_parameters(denoiser)
    return denoiser


def _restore_facts(denoiser: BaseDenoiser, facts: _DenoiserFacts, weights: Tensors) -> None:
    """Set what the fit has left beside the network, and take it out of the weights."""
    for name in FACTS:
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


def _check_answer(denoiser: BaseDenoiser) -> None:
    """Refuse weights that are finite and give what is not."""
    weight = next(denoiser.network_.parameters())
    n_in = denoiser._n_in(denoiser.channels_)
    shape = (1, n_in) if denoiser.is_table_ else (1, n_in, 8, 8)
    with torch.inference_mode():
        noise = denoiser.network_(torch.full(shape, 0.5).to(weight)).x_hat
    if not noise.isfinite().all():
        raise ValueError("its weights make no finite numbers of a sample")


def _lists_as_tuples(parameters: dict[str, Any]) -> dict[str, Any]:
    """Parameters from JSON."""
    return {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in parameters.items()
    }
