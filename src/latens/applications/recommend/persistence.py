"""A fitted recommender as a folder of JSON and safetensors; nothing is pickled, nothing named is imported."""

from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file
from scipy import sparse

import latens
from latens._saved import SavedKind
from latens.applications.recommend import kinds
from latens.applications.recommend.base import BaseRecommender
from latens.applications.recommend.recommender import Recommender
from latens.data.interactions import Interactions
from latens.exceptions import LatensError, ModelError

__all__ = ["read_recommender", "write_recommender"]

_SAVED = SavedKind("recommender")
_TENSORS = "tensors.safetensors"
_MODEL = "model."


def write_recommender(recommender: Recommender, path: Path, *, overwrite: bool) -> Path:
    """Write a folder that is complete or not there at all."""
    known, model = recommender.interactions_, recommender.model_
    parameters = {
        name: _plain(value)
        for name, value in model.get_params(deep=False).items()
        # How it was trained does not change what it answers, and a generator has no place in JSON.
        if name not in ("trainer", "random_state")
    }
    about = {
        "latens": latens.__version__,
        "kind": type(model).__name__,
        "parameters": parameters,
        "facts": {name: _plain(value) for name, value in model.facts().items()},
        "min_items": _plain(recommender.min_items),
        "max_items": _plain(recommender.max_items),
        "name": known.name,
        "notes": list(known.notes),
        "users": known.users.tolist(),
        "items": known.items.tolist(),
        "names": None if known.names is None else known.names.tolist(),
    }
    tensors = {_MODEL + name: value for name, value in model.tensors().items()}
    for name, matrix in (("liked", known.liked), ("seen", known.seen)):
        tensors[f"{name}.indptr"] = matrix.indptr.astype(np.int64)
        tensors[f"{name}.indices"] = matrix.indices.astype(np.int32)
    tensors = {name: np.ascontiguousarray(value) for name, value in tensors.items()}
    with _SAVED.writing(path, about, overwrite=overwrite) as folder:
        save_file(tensors, folder / _TENSORS)
    return path


def read_recommender(path: Path) -> Recommender:
    """Read what `write_recommender` wrote."""
    about = _SAVED.read(path)
    try:
        tensors = load_file(path / _TENSORS)
    except (SafetensorError, OSError) as error:
        raise ModelError(f"The recommender '{path}' is damaged: {_TENSORS}: {error}") from error
    try:
        model = _model(about, tensors)
        recommender = Recommender(model, min_items=about["min_items"], max_items=about["max_items"])
        recommender.model_ = model
        recommender._know(_interactions(about, tensors))
    except (KeyError, TypeError, ValueError, RuntimeError, IndexError) as error:
        if isinstance(error, LatensError):
            raise
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise ModelError(f"The recommender '{path}' is damaged or incomplete: {reason}") from error
    return recommender


def _plain(value: Any) -> Any:
    """A parameter as JSON has it; a search over a grid sets numbers of NumPy."""
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value.item() if isinstance(value, np.generic) else value


def _model(about: dict[str, Any], tensors: dict[str, np.ndarray]) -> BaseRecommender:
    if about["kind"] not in kinds.__all__:
        raise ModelError(f"There is no recommender of the kind {about['kind']!r} in this latens.")
    parameters = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in about["parameters"].items()
    }
    model: BaseRecommender = kinds.kind(about["kind"])(**parameters)
    model.n_features_in_ = len(about["items"])
    own = {name.removeprefix(_MODEL): v for name, v in tensors.items() if name.startswith(_MODEL)}
    model.restore(own, about["facts"])
    return model


def _interactions(about: dict[str, Any], tensors: dict[str, np.ndarray]) -> Interactions:
    shape = (len(about["users"]), len(about["items"]))

    def matrix(name: str) -> sparse.csr_array:
        indices = tensors[f"{name}.indices"]
        ones = np.ones(len(indices), dtype=np.float32)
        found = sparse.csr_array((ones, indices, tensors[f"{name}.indptr"]), shape=shape)
        found.check_format()
        return found

    return Interactions(
        liked=matrix("liked"),
        seen=matrix("seen"),
        users=np.array(about["users"]),
        items=np.array(about["items"]),
        names=None if about["names"] is None else np.array(about["names"]),
        name=about["name"],
        notes=tuple(about["notes"]),
    )
