"""The JSON files of a run, checked once, so that no section meets a surprise."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from latens.clustering.choosing import Criterion
from latens.exceptions import RunError
from latens.runs import Run

__all__ = ["Content", "Remark", "Row", "Sweep", "Variance", "read_content"]

_BASELINES = ("raw", "pca", "umap")


@dataclass(frozen=True)
class Row:
    """One representation, one seed, one part of the data, as results.json has it."""

    representation: str
    label: str
    kind: str
    numbers: int
    seed: str
    part: str
    metrics: Mapping[str, float]
    seconds: float | None
    parameters: int | None
    learns_from_labels: bool


@dataclass(frozen=True)
class Sweep:
    """How many clusters there are, why, and what the criteria say of the numbers tried."""

    k: int
    why: str
    ks: tuple[int, ...]
    silhouettes: tuple[float, ...]
    criteria: tuple[Criterion, ...] = ()


@dataclass(frozen=True)
class Variance:
    """The variance of the held-out samples, and the share of it that each component of PCA keeps."""

    total: float
    shares: tuple[float, ...]


@dataclass(frozen=True)
class Remark:
    """A title and a text: an alert, or a row that could not be measured and why."""

    title: str
    text: str


@dataclass(frozen=True)
class Content:
    """What a run says about itself.

    Attributes
    ----------
    info : mapping
        run.json.
    rows : tuple of Row
    sweep : Sweep or None
        None if the run has no clusters yet.
    verdict, caution : str
        Empty if the run has none yet.
    alerts, not_measured : tuple of Remark
    histories : mapping
        From a model and a seed to its epochs.
    layers : mapping
        From a model to what its pictures of layers show, from the input on.
    variance : Variance or None
        None if the run does not say.
    files : tuple of str
        The file names of the samples on the maps; empty if they have none.
    """

    info: Mapping[str, Any]
    rows: tuple[Row, ...]
    sweep: Sweep | None
    verdict: str
    caution: str
    alerts: tuple[Remark, ...]
    not_measured: tuple[Remark, ...]
    histories: Mapping[str, Mapping[str, Any]]
    layers: Mapping[str, tuple[Mapping[str, Any], ...]]
    variance: Variance | None = None
    files: tuple[str, ...] = ()

    @property
    def data(self) -> Mapping[str, Any]:
        """What run.json says about the data."""
        return _mapping(self.info.get("data"))

    @property
    def is_study(self) -> bool:
        """Whether the run compares codes; a run of recommenders says itself what its facts are."""
        return "facts" not in self.data

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """The shape of one sample; empty if unknown."""
        return tuple(int(side) for side in self.data.get("sample_shape") or ())

    @property
    def data_range(self) -> float | None:
        """The range of the values, where it has one."""
        return _optional(self.data.get("data_range"))

    @property
    def is_images(self) -> bool:
        """Whether the samples are images."""
        return len(self.sample_shape) > 1

    @property
    def class_names(self) -> Sequence[str] | None:
        """The names of the classes, if they have any."""
        names = self.data.get("names")
        return [str(name) for name in names] if names else None

    @property
    def models(self) -> tuple[str, ...]:
        """The models, in the order of the run."""
        named = [row.representation for row in self.rows if row.kind not in _BASELINES]
        return tuple(dict.fromkeys([*named, *self.histories]))

    @property
    def representations(self) -> tuple[str, ...]:
        """The rows of the comparison, in the order of the run, baselines first."""
        baselines = [row.representation for row in self.rows if row.kind in _BASELINES]
        return tuple(dict.fromkeys([*baselines, *self.models]))

    @property
    def taught(self) -> tuple[str, ...]:
        """The models that learnt from labels."""
        named = [row.representation for row in self.rows if row.learns_from_labels]
        return tuple(dict.fromkeys(named))

    @property
    def seeds(self) -> tuple[str, ...]:
        """The seeds that are finished, or at least begun."""
        begun = [seed for seeds in self.histories.values() for seed in seeds]
        return tuple(dict.fromkeys([*(row.seed for row in self.rows), *begun]))

    def label(self, representation: str) -> str:
        """What people call a representation; with its size where two would have one name."""
        known = {row.representation: row for row in self.rows}
        if representation not in known:
            return representation
        row = known[representation]
        twins = {other.representation for other in self.rows if other.label == row.label}
        return row.label if len(twins) == 1 else f"{row.label}, {row.numbers} numbers"


def read_content(run: Run) -> Content:
    """Read and check the JSON files of a run.

    Raises
    ------
    RunError
        If one of them is damaged.
    """
    info = run.info
    results = _mapping(run.read("results")) if run.has("results") else {}
    histories = _mapping(run.read("histories")) if run.has("histories") else {}
    items = _mapping(run.read("items")) if run.has("items") else {}
    verdict = _mapping(results.get("verdict"))
    try:
        content = Content(
            info=info,
            rows=tuple(_row(row) for row in results.get("rows") or ()),
            sweep=_sweep(_mapping(results.get("clusters"))),
            verdict=str(verdict.get("sentence") or ""),
            caution=str(verdict.get("caution") or ""),
            alerts=_remarks(results.get("alerts"), "title", "text"),
            not_measured=_remarks(results.get("not_measured"), "label", "reason"),
            histories={
                str(model): {str(seed): _history(history) for seed, history in seeds.items()}
                for model, seeds in histories.items()
            },
            layers={
                str(model): tuple(_layer(layer) for layer in layers)
                for model, layers in _mapping(results.get("layers")).items()
            },
            variance=_variance(_mapping(results.get("variance"))),
            files=tuple(str(one) for one in _mapping(items.get("columns")).get("file") or ()),
        )
        _ = content.sample_shape, content.class_names, content.data_range
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RunError(
            f"The files of the run '{run.path}' do not have the format of version 1: "
            f"{type(error).__name__}: {error}. Make the run anew with `latens run`."
        ) from error
    return content


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _sweep(clusters: Mapping[str, Any]) -> Sweep | None:
    if not clusters.get("k"):
        return None
    tried = [
        (int(k), float(score))
        for k, score in zip(clusters["ks"], clusters["silhouettes"], strict=True)
        if score is not None
    ]
    why = str(clusters.get("why") or "").rstrip(".")
    ks, scores = zip(*tried, strict=True) if tried else ((), ())
    criteria = tuple(_criterion(one, len(clusters["ks"])) for one in clusters.get("criteria") or ())
    return Sweep(
        int(clusters["k"]), why, ks, scores, criteria if len(ks) == len(clusters["ks"]) else ()
    )


def _criterion(criterion: Mapping[str, Any], n: int) -> Criterion:
    values = np.array([np.nan if one is None else one for one in criterion["values"]], dtype=float)
    if len(values) != n or criterion["better"] not in ("higher", "lower"):
        raise ValueError(f"the criterion {criterion['name']!r:.40} does not fit the numbers tried")
    return Criterion(
        str(criterion["name"]),
        str(criterion["label"]),
        criterion["better"],
        values,
        int(criterion["best"]),
    )


def _variance(variance: Mapping[str, Any]) -> Variance | None:
    shares = tuple(float(one) for one in variance.get("shares") or () if one is not None)
    return Variance(float(variance["total"]), shares) if shares else None


def _remarks(remarks: Any, title: str, text: str) -> tuple[Remark, ...]:
    return tuple(
        Remark(str(one.get(title) or "unnamed"), str(one.get(text) or "")) for one in remarks or ()
    )


def _row(row: Mapping[str, Any]) -> Row:
    name = str(row["representation"])
    metrics = {str(key): float(value) for key, value in row["metrics"].items() if value is not None}
    return Row(
        representation=name,
        label=str(row.get("label") or name),
        kind=str(row["kind"]),
        numbers=int(row["numbers"]),
        seed=str(row.get("seed")),
        part=str(row["part"]),
        metrics={key: value for key, value in metrics.items() if math.isfinite(value)},
        seconds=_optional(row.get("seconds")),
        parameters=None if row.get("parameters") is None else int(row["parameters"]),
        learns_from_labels=bool(row.get("learns_from_labels")),
    )


def _history(history: Mapping[str, Any]) -> Mapping[str, Any]:
    epochs = [
        {
            "number": int(epoch["number"]),
            "loss": _optional(epoch["loss"]),
            "validation_loss": _optional(epoch.get("validation_loss")),
            "seconds": _optional(epoch.get("seconds")),
            "errors": {
                str(name): _optional(value) for name, value in _mapping(epoch.get("errors")).items()
            },
        }
        for epoch in history["epochs"]
    ]
    return {"stopped": str(history.get("stopped") or ""), "epochs": epochs}


def _layer(layer: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "name": str(layer["name"]),
        "kind": str(layer["kind"]),
        "units": int(layer["units"]),
        "shows": str(layer["shows"]),
    }


def _optional(value: Any) -> float | None:
    return None if value is None else float(value)
