"""From a run to the profiles of its clusters."""

from collections.abc import Iterator
from typing import Literal

import numpy as np
import numpy.typing as npt

from latens._columns import OwnColumn, OwnColumns
from latens._identity import HELD_OUT
from latens.applications.profiles.effects import FEWEST, Contrast, order_contrast, share_contrast
from latens.applications.profiles.naming import named
from latens.applications.profiles.samples import (
    ClusteredSamples,
    clustered_samples,
    columns_of,
    integers,
)
from latens.runs import ClusterProfile, ClusterProfiles, ColumnDifference, Run, array_names

__all__ = ["profile_clusters"]

Integers = npt.NDArray[np.int64]

# Differences that are kept of a cluster, and samples near its center and far from it.
_MOST_DIFFERENCES, _MOST_SAMPLES = 20, 6
# A text column with more different texts, or nearly as many as rows, names its rows.
_MOST_LEVELS = 1_000
_IDENTIFIERS = ("identifiers", "row numbers")
_QUARTILES = (0.25, 0.5, 0.75)


def profile_clusters(
    run: Run, model: str | None = None, *, columns: OwnColumns | None = None
) -> ClusterProfiles:
    r"""Describe the clusters of a run: how many samples, what sets each apart, and what to call it.

    The columns are those of the user, as they stand in the table, those that nothing was learned from
    among them; a difference in a column that was learned from is no test, as the clusters were made of it.

    Parameters
    ----------
    run : Run
    model : str or None, default=None
        The model whose codes were clustered; None: the first one.
    columns : OwnColumns or None, default=None
        Those of all samples, in the order of the data. None: the ones that the run keeps, or of a
        run of before those of its data.

    Returns
    -------
    ClusterProfiles

    Raises
    ------
    RunError
        If the run has no clusters, or is damaged.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from latens.studies import check_study, run_study
    >>> rows = "".join(f"{at // 20 * 9 + at % 3},{at % 5},{'uv'[at // 20]}\n" for at in range(40))
    >>> settings = {"latent_dim": 1, "trainer": {"max_epochs": 1}}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     csv = Path(folder, "orders.csv")
    ...     _ = csv.write_text(f"orders,visits,kind\n{rows}")
    ...     study = {"data": {"source": str(csv)}, "models": [settings], "clusters": 2}
    ...     run = run_study(check_study(study, "example"), Path(folder, "run"))
    ...     found = profile_clusters(run)
    >>> found.n, found.n_columns, len(found.clusters)
    (40, 3, 2)
    """
    samples = clustered_samples(run, model)
    k = samples.k
    own = (columns_of(run) if columns is None else columns).at(samples.places)
    differences: list[list[ColumnDifference]] = [[] for _ in range(k)]
    for column in own:
        for cluster, difference in _differences(column, samples.clusters, k):
            differences[cluster].append(difference)
    labels = _label_names(run, samples.places)
    part = run.identity.part
    is_held_out = np.zeros(len(samples.places), bool)
    if part is not None:
        is_held_out = part[samples.places] == HELD_OUT
    nearest, farthest = _extremes(run, samples, k)
    profiles = []
    for cluster in np.unique(samples.clusters).tolist():
        is_here = samples.clusters == cluster
        found = sorted(differences[cluster], key=lambda one: -abs(one.effect))
        label, share = _majority(labels, is_here)
        n_held_out = int((is_here & is_held_out).sum())
        profiles.append(
            ClusterProfile(
                cluster=cluster,
                name=_too_few(run, samples.places[is_here]),
                n_trained_on=int(is_here.sum()) - n_held_out,
                n_held_out=n_held_out,
                label=label,
                label_share=share,
                differences=found[:_MOST_DIFFERENCES],
                nearest=nearest.get(cluster, []),
                farthest=farthest.get(cluster, []),
            )
        )
    return ClusterProfiles(
        representation=samples.model,
        n=len(samples.places),
        n_columns=len(own),
        clusters=named(sorted(profiles, key=lambda one: (-one.size, one.cluster))),
    )


def _too_few(run: Run, places: Integers) -> str:
    """The name of a cluster of so few samples that nothing can be said of it but who they are."""
    if len(places) >= FEWEST:
        return ""
    rows = ", ".join(str(run.identity.row(place)) for place in places.tolist())
    return f"row {rows} alone" if len(places) == 1 else f"rows {rows}"


def _differences(
    column: OwnColumn, clusters: Integers, k: int
) -> Iterator[tuple[int, ColumnDifference]]:
    """What sets clusters apart in one column: its values, and its gaps."""
    is_gap = column.is_gap
    if 0 < is_gap.sum() < len(is_gap):
        contrast = share_contrast(is_gap, clusters, k)
        yield from _of_shares(column, contrast, is_gap, clusters, "gap")
    if column.use.removeprefix("left out: ").startswith(_IDENTIFIERS):
        return
    known, of = ~is_gap, clusters[~is_gap]
    if column.kind == "text":
        yield from _of_texts(column.at(known), of, k)
        return
    numbers = column.numbers
    assert numbers is not None
    values = numbers[known]
    if column.kind == "truth":
        yield from _of_shares(column, share_contrast(values == 1, of, k), values == 1, of, "truth")
        return
    is_finite = np.isfinite(values)
    values, of = values[is_finite], of[is_finite]
    if len(values) and values.min() < values.max():
        yield from _of_order(column, order_contrast(values, of, k), values, of)


def _of_order(
    column: OwnColumn, contrast: Contrast, values: npt.NDArray[np.float64], of: Integers
) -> Iterator[tuple[int, ColumnDifference]]:
    for cluster in np.flatnonzero(contrast.is_clear).tolist():
        here, others = values[of == cluster], values[of != cluster]
        low, middle, high = np.quantile(here, _QUARTILES).tolist()
        other_low, other_middle, other_high = np.quantile(others, _QUARTILES).tolist()
        yield (
            cluster,
            ColumnDifference(
                column=column.name,
                kind="date" if column.kind == "date" else "number",
                effect=_bounded(contrast.effects[cluster]),
                here=middle,
                others=other_middle,
                here_range=(low, high),
                others_range=(other_low, other_high),
                n_here=len(here),
                n_others=len(others),
                decimals=column.decimals,
                is_label=_is_label(column),
            ),
        )


def _of_texts(column: OwnColumn, of: Integers, k: int) -> Iterator[tuple[int, ColumnDifference]]:
    """Of every cluster the text whose share differs most."""
    used, places, counts = np.unique(column.values, return_inverse=True, return_counts=True)
    n = len(column)
    if len(used) < 2 or len(used) > min(_MOST_LEVELS, n / 2):
        return
    best: dict[int, tuple[float, int, Contrast]] = {}
    for level in np.argsort(-counts, kind="stable").tolist():
        contrast = share_contrast(places == level, of, k)
        for cluster in np.flatnonzero(contrast.is_clear).tolist():
            size = abs(float(contrast.effects[cluster]))
            # What a cluster has more of tells more than what it has less of.
            size += 1e-9 * float(contrast.effects[cluster] > 0)
            if size > best.get(cluster, (0.0,))[0]:
                best[cluster] = (size, level, contrast)
    for cluster, (_, level, contrast) in best.items():
        text = column.texts[int(used[level])]
        found = _of_shares(column, contrast, places == level, of, "text", text)
        yield from (one for one in found if one[0] == cluster)


def _of_shares(
    column: OwnColumn,
    contrast: Contrast,
    is_so: npt.NDArray[np.bool_],
    of: Integers,
    kind: Literal["truth", "text", "gap"],
    level: str | None = None,
) -> Iterator[tuple[int, ColumnDifference]]:
    for cluster in np.flatnonzero(contrast.is_clear).tolist():
        here = of == cluster
        yield (
            cluster,
            ColumnDifference(
                column=column.name,
                kind=kind,
                level=level,
                effect=_bounded(contrast.effects[cluster]),
                here=float(is_so[here].mean()),
                others=float(is_so[~here].mean()),
                n_here=int(here.sum()),
                n_others=int((~here).sum()),
                is_label=_is_label(column),
            ),
        )


def _bounded(effect: float) -> float:
    return float(np.clip(effect, -1, 1))


def _is_label(column: OwnColumn) -> bool:
    return column.use.startswith("labels")


def _label_names(run: Run, places: Integers) -> list[str | None] | None:
    """The label of every sample, None where one has none; None of data without labels."""
    if not all(run.has_array(array_names.labels(part)) for part in ("train", "test")):
        return None
    identity, names = run.identity, run.data.names or []
    if identity.trained_on is None or identity.held_out is None or identity.rows is None:
        return None
    labels = np.full(len(identity.rows), -1)
    for part, of_part in (("train", identity.trained_on), ("test", identity.held_out)):
        y = run.array(array_names.labels(part))
        if y.shape != of_part.shape or y.dtype.kind not in "iu":
            return None
        labels[of_part] = y
    found = labels[places].tolist()
    return [None if one < 0 else names[one] if one < len(names) else str(one) for one in found]


def _majority(
    labels: list[str | None] | None, is_here: npt.NDArray[np.bool_]
) -> tuple[str | None, float | None]:
    if labels is None:
        return None, None
    known = [one for one, here in zip(labels, is_here.tolist(), strict=True) if here and one]
    if not known:
        return None, None
    values, counts = np.unique(np.array(known, dtype=object), return_counts=True)
    return str(values[counts.argmax()]), float(counts.max() / len(known))


def _extremes(
    run: Run, samples: ClusteredSamples, k: int
) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """The samples of every cluster nearest to its center and farthest from it, of those with pictures."""
    is_shown = np.ones(len(samples.places), bool)
    if run.has_array(array_names.MAP_IMAGES):
        is_shown = np.isin(samples.places, integers(run, array_names.MAP_ROWS))
    nearest, farthest = {}, {}
    for cluster in range(k):
        is_here = samples.clusters == cluster
        some = np.flatnonzero(is_here & is_shown)
        if not len(some):
            continue
        codes = np.asarray(samples.codes[is_here], dtype=np.float64)
        distances = np.square(samples.codes[some] - codes.mean(axis=0)).sum(axis=1)
        order = some[np.argsort(distances, kind="stable")]
        nearest[cluster] = samples.places[order[:_MOST_SAMPLES]].tolist()
        rest = order[_MOST_SAMPLES:][::-1]
        farthest[cluster] = samples.places[rest[:_MOST_SAMPLES]].tolist()
    return nearest, farthest
