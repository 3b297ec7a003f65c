"""The JSON files of a run, checked once, so that no section meets a surprise."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np

from latens.clustering import Criterion
from latens.exceptions import RunError
from latens.runs import Run
from latens.runs.contents import (
    ClustersContent,
    CriterionContent,
    RowContent,
    VarianceContent,
    VerdictContent,
)

__all__ = ["Content", "Remark", "Row", "Sweep", "Variance", "read_content"]

_BASELINES = ("raw", "pca", "umap")
# Each is drawn in several figures.
_MOST_REPRESENTATIONS = 100


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
    is_clear: bool | None = None  # None: the run is older than the question
    reason: str = ""
    n_classes: int | None = None


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
    verdict : VerdictContent or None
        None if the run has none yet.
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
    verdict: VerdictContent | None
    alerts: tuple[Remark, ...]
    not_measured: tuple[Remark, ...]
    histories: Mapping[str, Mapping[str, Any]]
    layers: Mapping[str, tuple[Mapping[str, Any], ...]]
    variance: Variance | None = None
    files: tuple[str, ...] = ()

    @property
    def data(self) -> Mapping[str, Any]:
        """What run.json says about the data."""
        data: Mapping[str, Any] = self.info["data"]
        return data

    @property
    def is_study(self) -> bool:
        """Whether the run compares codes; a run of recommenders says itself what its facts are."""
        return self.data["facts"] is None

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """The shape of one sample; empty if unknown."""
        return tuple(self.data["sample_shape"])

    @property
    def data_range(self) -> float | None:
        """The range of the values, where it has one."""
        width: float | None = self.data["data_range"]
        return width

    @property
    def is_images(self) -> bool:
        """Whether the samples are images."""
        return len(self.sample_shape) > 1

    @property
    def class_names(self) -> Sequence[str] | None:
        """The names of the classes, if they have any."""
        names: Sequence[str] | None = self.data["names"]
        return names or None

    @cached_property
    def models(self) -> tuple[str, ...]:
        """The models, in the order of the run."""
        named = [row.representation for row in self.rows if row.kind not in _BASELINES]
        return tuple(dict.fromkeys([*named, *self.histories]))

    @cached_property
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
        return self._labels.get(representation, representation)

    @cached_property
    def _labels(self) -> Mapping[str, str]:
        known = {row.representation: row for row in self.rows}
        twins = Counter(row.label for row in known.values())
        return {
            name: row.label if twins[row.label] == 1 else f"{row.label}, {row.numbers} numbers"
            for name, row in known.items()
        }


def read_content(run: Run) -> Content:
    """Read and check the JSON files of a run.

    Raises
    ------
    RunError
        If one of them is damaged.
    """
    results, histories, items = run.results, run.histories.models, run.items
    content = Content(
        info=run.info,
        rows=tuple(_row(row, run) for row in results.rows or ()),
        sweep=_sweep(results.clusters, run),
        verdict=results.verdict if results.verdict and results.verdict.sentence else None,
        alerts=tuple(
            Remark(one.title or "unnamed", one.text or "") for one in results.alerts or ()
        ),
        not_measured=tuple(
            Remark(one.label or "unnamed", one.reason or "") for one in results.not_measured or ()
        ),
        histories={
            model: {
                seed: {
                    "stopped": one.stopped or "",
                    "epochs": [epoch.model_dump() for epoch in one.epochs],
                }
                for seed, one in seeds.items()
            }
            for model, seeds in histories.items()
        },
        layers={
            model: tuple(layer.model_dump() for layer in layers)
            for model, layers in (results.layers or {}).items()
        },
        variance=_variance(results.variance),
        files=tuple(
            "" if one is None else str(one) for one in (items.columns or {}).get("file", ())
        ),
    )
    if len(content.representations) > _MOST_REPRESENTATIONS:
        raise RunError(
            f"The run '{run.path}' compares {len(content.representations):,} representations, and a report "
            f"shows at most {_MOST_REPRESENTATIONS}. Compare fewer models in one run."
        )
    return content


def _sweep(clusters: ClustersContent | None, run: Run) -> Sweep | None:
    if clusters is None or not clusters.k:
        return None
    ks, silhouettes, criteria = clusters.ks, clusters.silhouettes, clusters.criteria or []
    if len(ks) != len(silhouettes) or any(len(one.values) != len(ks) for one in criteria):
        raise RunError(
            f"The values in '{run.path}/results.json' do not have the format of version 1: clusters: "
            "there is not one for each number tried."
        )
    tried = [(k, score) for k, score in zip(ks, silhouettes, strict=True) if score is not None]
    return Sweep(
        clusters.k,
        (clusters.why or "").rstrip("."),
        tuple(k for k, _ in tried),
        tuple(score for _, score in tried),
        tuple(map(_criterion, criteria)) if len(tried) == len(ks) else (),
        clusters.is_clear,
        (clusters.reason or "").rstrip("."),
        clusters.n_classes,
    )


def _criterion(criterion: CriterionContent) -> Criterion:
    values = np.array([np.nan if one is None else one for one in criterion.values], dtype=float)
    better: Literal["higher", "lower"] = "higher" if criterion.better == "higher" else "lower"
    return Criterion(criterion.name, criterion.label, better, values, criterion.best)


def _variance(variance: VarianceContent | None) -> Variance | None:
    if variance is None or variance.total is None:
        return None
    shares = tuple(one for one in variance.shares or () if one is not None)
    return Variance(variance.total, shares) if shares else None


def _row(row: RowContent, run: Run) -> Row:
    if row.part is None or row.metrics is None:
        raise RunError(
            f"The values in '{run.path}/results.json' do not have the format of version 1: a row of "
            f"{row.representation} has no part or no metrics."
        )
    return Row(
        representation=row.representation,
        label=row.label or row.representation,
        kind=row.kind,
        numbers=row.numbers,
        seed=str(row.seed),
        part=row.part,
        metrics={key: value for key, value in row.metrics.items() if value is not None},
        seconds=row.seconds,
        parameters=row.parameters,
        learns_from_labels=bool(row.learns_from_labels),
    )
