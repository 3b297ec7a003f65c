"""A fitted model as a folder: `model.json` says what it is, `weights.safetensors` holds the numbers.

Nothing here writes or reads a pickle, and nothing that a file names is imported: a folder from
somebody unknown can be refused, but it cannot run code.
"""

from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.base import BaseEstimator

from latens import networks, training
from latens._devices import resolve_device
from latens._json_records import ColumnName, Count, Facts, Finite, SeedNumber, Whole
from latens._saved import Saved, check_shapes, text_array
from latens._torch_state import plain_torch
from latens._validation import check_parameters
from latens.data.layouts import Layout, restore_layout
from latens.data.scaling import Scaling
from latens.data.table_encoding.cell_draws import MOST_RELATED, RANKS, NumberDraws
from latens.data.table_encoding.encoder import TableEncoder, TableFacts
from latens.exceptions import ModelError
from latens.models.base import ACTING, SAVED, BaseAutoencoder, joined
from latens.models.kinds import KINDS, kind_named
from latens.networks import NetworkFactory
from latens.networks.planning import check_plan, load_weights
from latens.training import History, Trainer

__all__ = ["load_model"]

# The parameter objects that a description may name.
_PARTS = {
    name: made
    for package in (networks, training)
    for name, made in vars(package).items()
    if name in package.__all__ and isinstance(made, type) and issubclass(made, BaseEstimator)
}


class _ModelFacts(Facts):
    kind: str
    parameters: dict[str, Any]
    seed: SeedNumber
    input_shape: list[Count]
    n_features_in: Count
    bounded: bool
    history: History
    mostly_zeros: bool = False
    classes: list[bool] | list[Whole] | list[Finite] | list[str] | None = None
    feature_names_in: list[ColumnName] | None = None
    layout: Layout | None = None
    given_shape: list[Count] | None = None
    table: TableFacts | None = None
    gives_rows: bool = False


@plain_torch()
def load_model(
    path: str | Path,
    *,
    network: NetworkFactory | None = None,
    kind: type[BaseAutoencoder] | None = None,
    device: str = "auto",
) -> BaseAutoencoder:
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
    >>> load_model("no-such-folder")
    Traceback (most recent call last):
    ...
    latens.exceptions.ModelError: 'no-such-folder' is not a saved model: it has no model.json.
    """
    resolve_device(device)  # of what is asked for, and no fault of the folder's
    with SAVED.reading(Path(path), _ModelFacts) as saved:
        model = _described(saved, network, kind, device)
        weights = dict(saved.tensors)
        _restore_facts(model, saved, weights)
        if network is None and kind is None:
            check_plan(lambda: joined(*model._make()), weights)
        model._build()
        load_weights(joined(model.network_, model.objective_), weights)
        _check_answer(model)
    return model


def _described(
    saved: Saved[_ModelFacts],
    network: NetworkFactory | None,
    kind: type[BaseAutoencoder] | None,
    device: str,
) -> BaseAutoencoder:
    """Return the model before it was fitted."""
    facts, path = saved.facts, saved.path
    if kind is None and facts.kind not in KINDS:
        raise ModelError(
            f"The model '{path}' is of the kind {facts.kind[:40]!r}, which latens does not have. "
            "Pass its class: load_model(path, kind=...)."
        )
    parameters = {
        name: _parameter_from(value, path)
        for name, value in facts.parameters.items()
        if name != "network"
    }
    parameters["network"] = network or _parameter_from(facts.parameters["network"], path)
    model: BaseAutoencoder = (kind or kind_named(facts.kind))(**parameters)
    trainer = Trainer() if model.trainer is None else model.trainer
    if trainer.device != device:
        model.trainer = trainer.set_params(device=device)
    check_parameters(model)
    return model


def _restore_facts(
    model: BaseAutoencoder, saved: Saved[_ModelFacts], weights: dict[str, np.ndarray]
) -> None:
    """Set what the fit has left beside network and objective, and take it out of the weights."""
    facts = saved.facts
    model.seed_ = facts.seed
    model.input_shape_, model.n_features_in_ = tuple(facts.input_shape), facts.n_features_in
    _restore_table(model, facts)
    n_given = facts.n_features_in if model.gives_rows_ else prod(model.input_shape_)
    if not 1 <= len(model.input_shape_) <= 3 or n_given != facts.n_features_in:
        raise ValueError(
            f"samples of shape {model.input_shape_} have no {facts.n_features_in} values"
        )
    restore_layout(model, facts.layout, facts.given_shape)
    if facts.feature_names_in is not None:
        if facts.n_features_in != len(facts.feature_names_in):
            raise ValueError("there is not one name for each column")
        model.feature_names_in_ = np.array(facts.feature_names_in, dtype=object)
    offset, scale = weights.pop("scaling.offset"), weights.pop("scaling.scale")
    model.scaling_ = Scaling.restored(
        offset, scale, bounded=facts.bounded, input_shape=model.input_shape_
    )
    if model.table_encoder_ is not None:
        model.scaling_ = model.table_encoder_.scaling_
    model._mostly_zeros = facts.mostly_zeros
    model.codes_ = weights.pop("codes")
    check_shapes({"codes": model.codes_}, {"codes": (None, model.latent_dim)})
    if model.table_encoder_ is not None:
        model.number_draws_ = _number_draws(weights, model.table_encoder_)
    with np.errstate(over="ignore"):
        if not np.isfinite(np.square(model.codes_).sum()):
            raise ValueError("'codes' holds values so large that they have no variance")
    if facts.classes is not None:
        model.classes_ = _classes(facts.classes, stored=(saved.path / SAVED.file).stat().st_size)
    model.history_ = facts.history
    model._summarize_history()


def _restore_table(model: BaseAutoencoder, facts: _ModelFacts) -> None:
    """Set what the columns of a table of mixed kinds are."""
    if facts.table is None:
        return
    encoder = TableEncoder.restored(facts.table)
    if model.input_shape_ != (encoder.n_features,):
        raise ValueError(
            f"a table has {encoder.n_features} features, and its samples shape {model.input_shape_}"
        )
    if facts.gives_rows and facts.n_features_in != encoder.n_features_in_:
        raise ValueError(f"a table has {encoder.n_features_in_} columns, not {facts.n_features_in}")
    model.table_encoder_, model.gives_rows_ = encoder, facts.gives_rows


def _number_draws(weights: dict[str, np.ndarray], encoder: TableEncoder) -> NumberDraws:
    """How the numbers of a table are distributed; taken out of the weights."""
    parts = {
        name: weights.pop(f"numbers.{name}").astype(np.float64)
        for name in ("knots", "explained", "related")
    }
    n = sum(block.kind == "number" for block in encoder.blocks_)
    related = min(n, MOST_RELATED)
    shapes = {"knots": (n, len(RANKS)), "explained": (n,), "related": (related, related)}
    check_shapes(parts, shapes)
    if (np.diff(parts["knots"]) < 0).any():
        raise ValueError("'numbers.knots' holds numbers that are not in their order")
    if any((np.abs(parts[name]) > 1).any() for name in ("explained", "related")):
        raise ValueError("'numbers' holds correlations beyond 1")
    if not np.array_equal(parts["related"], parts["related"].T):
        raise ValueError("'numbers.related' is not symmetric")
    return NumberDraws(**parts)


def _classes(classes: list[Any], stored: int) -> np.ndarray:
    if len(set(classes)) < len(classes) or not classes:
        raise ValueError("a class is there twice, or there is none")
    if isinstance(classes[0], str):
        return text_array(classes, stored)
    return np.array(classes)


def _check_answer(model: BaseAutoencoder) -> None:
    """Refuse weights that are finite and give what is not, such as a variance below 0."""
    network = model.network_
    weight = next(network.parameters())
    middle = 0.5 if model.scaling_.bounded else 0.0
    x = torch.full((1, *model.tensor_shape_), middle, dtype=weight.dtype, device=weight.device)
    with torch.inference_mode():
        # Without the steps that a refined code takes.
        code = network.bottleneck.settled(network.encoder(x))
        x_hat = network.decode(code.z)
    if not (code.mean.isfinite().all() and x_hat.isfinite().all()):
        raise ValueError("its weights make no finite numbers of a sample")


def _parameter_from(value: Any, path: Path) -> Any:
    """A parameter from JSON; only classes of latens itself are made, by name."""
    if isinstance(value, list):
        return tuple(_parameter_from(item, path) for item in value)
    if not isinstance(value, dict):
        return value
    name, parameters = value.get("class"), value.get("parameters")
    # A class of one's own may have the name of one of these.
    if not isinstance(name, str) or name not in _PARTS or parameters is None:
        raise ModelError(
            f"The model '{path}' has a part of the class {str(name)[:40]!r}, which latens does not have. "
            "Pass it: load_model(path, network=...)."
        )
    kept = {
        key: _parameter_from(item, path) for key, item in parameters.items() if key not in ACTING
    }
    made = _PARTS[name](**kept)
    check_parameters(made)
    return made
