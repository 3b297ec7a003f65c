"""A fitted recommender as a folder of JSON and safetensors; nothing is pickled, nothing named is imported."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from latens._json_records import Count, Facts, Finite
from latens._saved import Saved, SavedKind, Tensors, text_array
from latens._sparse import checked_sparse
from latens._validation import check_parameters
from latens.applications.recommend import kinds
from latens.applications.recommend.base import BaseRecommender
from latens.data.interactions import Interactions
from latens.exceptions import ModelError

__all__ = ["SAVED", "RecommenderFacts", "describe", "reading", "tensors_of"]

SAVED = SavedKind("recommender", "tensors.safetensors")
_MODEL = "model."
_EVENTS = ("liked.indptr", "liked.indices", "seen.indptr", "seen.indices")


class RecommenderFacts(Facts):
    """The description of a saved recommender."""

    kind: str
    parameters: dict[str, Any]
    facts: dict[str, Finite]
    min_items: Count
    max_items: Count | None
    name: str
    notes: list[str]
    users: list[str]
    items: list[str]
    names: list[str] | None


def describe(model: BaseRecommender, known: Interactions) -> dict[str, Any]:
    """Return the description of a fitted recommender and its events, as JSON can hold it."""
    parameters = {
        name: _plain(value)
        for name, value in model.get_params(deep=False).items()
        # How it was trained does not change what it answers, and a generator has no place in JSON.
        if name not in ("trainer", "random_state")
    }
    return {
        "kind": type(model).__name__,
        "parameters": parameters,
        "facts": {name: _plain(value) for name, value in model.facts().items()},
        "name": known.name,
        "notes": list(known.notes),
        "users": known.users.tolist(),
        "items": known.items.tolist(),
        "names": None if known.names is None else known.names.tolist(),
    }


def tensors_of(model: BaseRecommender, known: Interactions) -> Tensors:
    """Return the arrays of a fitted recommender and its events, by name."""
    tensors = {_MODEL + name: value for name, value in model.tensors().items()}
    for name, matrix in (("liked", known.liked), ("seen", known.seen)):
        tensors[f"{name}.indptr"] = matrix.indptr.astype(np.int64)
        tensors[f"{name}.indices"] = matrix.indices.astype(np.int32)
    return tensors


@contextmanager
def reading(path: Path) -> Iterator[tuple[RecommenderFacts, BaseRecommender, Interactions]]:
    """Give the facts, the model and the events of a saved recommender; errors inside mean damage."""
    with SAVED.reading(path, RecommenderFacts) as saved:
        yield saved.facts, _model(saved), _interactions(saved)


def _plain(value: Any) -> Any:
    """A parameter as JSON has it; a search over a grid sets numbers of NumPy."""
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value.item() if isinstance(value, np.generic) else value


def _model(saved: Saved[RecommenderFacts]) -> BaseRecommender:
    facts = saved.facts
    if facts.kind not in kinds.KINDS:
        raise ModelError(f"There is no recommender of the kind {facts.kind[:40]!r} in this latens.")
    parameters = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in facts.parameters.items()
    }
    model: BaseRecommender = kinds.kind(facts.kind)(**parameters)
    check_parameters(model)
    model.n_features_in_ = len(facts.items)
    own = {name: values for name, values in saved.tensors.items() if name not in _EVENTS}
    if not facts.items or not all(name.startswith(_MODEL) for name in own):
        raise ValueError("it has no items, or tensors that are no part of it")
    model.restore({name.removeprefix(_MODEL): own[name] for name in own}, facts.facts)
    row = sparse.csr_array(np.ones((1, len(facts.items)), dtype=np.float32))
    if not np.isfinite(model.score_items(row)).all():
        raise ValueError("what it has learned gives no finite scores")
    return model


def _interactions(saved: Saved[RecommenderFacts]) -> Interactions:
    facts, shape = saved.facts, (len(saved.facts.users), len(saved.facts.items))
    stored = (saved.path / SAVED.file).stat().st_size
    if len(set(facts.users)) < shape[0] or len(set(facts.items)) < shape[1]:
        raise ValueError("a user or an item is there twice")
    if facts.names is not None and len(facts.names) != shape[1]:
        raise ValueError(f"there are {len(facts.names)} names for {shape[1]} items")

    def matrix(name: str) -> sparse.csr_array:
        indices = saved.tensors[f"{name}.indices"]
        ones = np.ones(indices.shape, dtype=np.float32)
        parts = {"data": ones, "indices": indices, "indptr": saved.tensors[f"{name}.indptr"]}
        found: sparse.csr_array = checked_sparse("csr", parts, shape)
        found.sort_indices()
        if not found.has_canonical_format:
            raise ValueError(f"'{name}' names an item of a user twice")
        return found

    return Interactions(
        liked=matrix("liked"),
        seen=matrix("seen"),
        users=text_array(facts.users, stored),
        items=text_array(facts.items, stored),
        names=None if facts.names is None else text_array(facts.names, stored),
        name=facts.name,
        notes=tuple(facts.notes),
    )
