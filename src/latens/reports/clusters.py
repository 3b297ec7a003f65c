"""The sections on the clusters: how many, which, and what they hold."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

from latens.exceptions import DataError
from latens.metrics import contingency, silhouette_samples
from latens.plots import (
    cluster_label_counts,
    cluster_label_shares,
    cluster_label_table,
    silhouettes,
)
from latens.reports.arrays import Arrays
from latens.reports.blocks import Block, Cell, Figure, Heading, Image, Section, Table
from latens.reports.content import Content, Sweep
from latens.reports.detail import Detail
from latens.reports.figures import inline_svg
from latens.reports.formatting import MISSING, count, number, plural
from latens.reports.thumbnails import as_pixels, reduced, strip

__all__ = ["cluster_labels_section", "clusters_section"]

Integers = npt.NDArray[np.int64]

# The cost of silhouettes grows with the square of the samples; these give the second digit.
_SILHOUETTE_ROWS = 3_000
_NEAREST = 6


def clusters_section(content: Content, arrays: Arrays, detail: Detail) -> Section:
    """Build the section on the number of clusters, and on each of them."""
    blocks: list[Block] = []
    missing: list[str] = []
    if content.sweep is not None and content.sweep.ks:
        blocks.append(_sweep(content.sweep))
    else:
        missing.append("This run has not tried other numbers of clusters.")
    name = content.models[0] if content.models else ""
    clusters = arrays.clusters(name)
    data: dict[str, object] = {"chosen": asdict(content.sweep) if content.sweep else None}
    if clusters is None:
        missing.append("This run holds no clusters of the held-out samples yet.")
    else:
        rows = _Clusters(content, arrays, name, clusters, detail)
        blocks.append(rows.table())
        data["clusters"] = [asdict(one) for one in rows.facts()]
    return Section("clusters", "Clusters", _lead(content), tuple(blocks), tuple(missing), data)


def _lead(content: Content) -> str:
    if content.sweep is None:
        return ""
    name = content.label(content.models[0]) if content.models else "the first model"
    why = f" ({content.sweep.why})" if content.sweep.why else ""
    return (
        f"K-means sorts the codes of {name} into {plural(content.sweep.k, 'cluster')}{why}. The clusters "
        "were found on the training samples; these are the held-out samples."
    )


def _sweep(sweep: Sweep) -> Figure:
    picture = silhouettes(sweep.ks, sweep.silhouettes, chosen=sweep.k)
    best = max(zip(sweep.silhouettes, sweep.ks, strict=True))
    alt = (
        f"Mean silhouette for {sweep.ks[0]} to {sweep.ks[-1]} clusters; the largest is {best[0]:.3f} at "
        f"{best[1]} clusters. {sweep.k} clusters were used."
    )
    caption = (
        "The silhouette tells how much closer a sample is to its own cluster than to the next one: 1 is "
        "far apart, 0 is on the border. No labels are involved."
    )
    return Figure(inline_svg(picture, "silhouettes", alt), caption, width=720, least_width=420)


@dataclass(frozen=True)
class _Cluster:
    """One cluster in numbers; `label` and `purity` only where there are labels."""

    cluster: int
    size: int
    share: float
    silhouette: float | None
    label: str | None
    purity: float | None


class _Clusters:
    """What is known about every cluster of a representation."""

    def __init__(
        self, content: Content, arrays: Arrays, name: str, clusters: Integers, detail: Detail
    ) -> None:
        self.content, self.arrays, self.detail = content, arrays, detail
        self.clusters = clusters
        self.found, self.sizes = np.unique(clusters, return_counts=True)
        self.codes = arrays.get(f"codes_{name}_test", ndim=2, rows=len(clusters))
        self.silhouettes = self._silhouettes()
        labels = arrays.labels()
        self.labels = labels if labels is not None and len(labels) == len(clusters) else None

    def facts(self) -> list[_Cluster]:
        """Return every cluster in numbers, the largest first."""
        n = len(self.clusters)
        facts = [
            _Cluster(one, size, size / n, self.silhouettes.get(one), *self._majority(one))
            for one, size in zip(self.found.tolist(), self.sizes.tolist(), strict=True)
        ]
        return sorted(facts, key=lambda one: (-one.size, one.cluster))

    def table(self) -> Table:
        """Return the table of all clusters."""
        nearest = self._nearest()
        headings = [
            Heading("Cluster"),
            Heading("Samples", number=True),
            Heading("Share", number=True),
        ]
        if self.silhouettes:
            range_ = "higher is better, from −1 to 1"
            headings.append(Heading("Silhouette", range_, "higher", number=True))
        if self.labels is not None:
            headings += [
                Heading("Most frequent label"),
                Heading("Its share", "1 is pure", number=True),
            ]
        if nearest:
            headings.append(Heading("Closest to the middle"))
        note = "The most frequent labels are scored with labels." if self.labels is not None else ""
        return Table(
            f"{plural(len(self.found), 'cluster')} of {count(len(self.clusters))} held-out samples",
            tuple(headings),
            tuple(tuple(self._row(one, nearest)) for one in self.facts()),
            note=note,
        )

    def _row(self, one: _Cluster, nearest: dict[int, Image]) -> Iterable[Cell]:
        yield Cell(f"Cluster {one.cluster}")
        yield Cell(count(one.size), number=True)
        yield Cell(f"{one.share:.1%}", number=True)
        if self.silhouettes:
            yield Cell(number(one.silhouette), number=True)
        if one.label is not None:
            yield Cell(one.label)
            yield Cell(f"{one.purity:.0%}", number=True)
        if nearest:
            image = nearest.get(one.cluster)
            why = "" if image else "no sample of this cluster is on the map"
            yield Cell("" if image else MISSING, title=why, image=image)

    def _silhouettes(self) -> dict[int, float]:
        if self.codes is None or len(self.found) < 2:
            return {}
        step = -(-len(self.codes) // _SILHOUETTE_ROWS)
        codes, clusters = self.codes[::step], self.clusters[::step]
        try:
            values = silhouette_samples(codes, clusters)
        except DataError:  # as when every sample is a cluster of its own
            return {}
        return {int(one): float(values[clusters == one].mean()) for one in np.unique(clusters)}

    def _majority(self, cluster: int) -> tuple[str | None, float | None]:
        if self.labels is None:
            return None, None
        values, counts = np.unique(self.labels[self.clusters == cluster], return_counts=True)
        return _word(int(values[counts.argmax()]), self.content), float(counts.max() / counts.sum())

    def _nearest(self) -> dict[int, Image]:
        """For every cluster, pictures of the samples closest to its mean, of those on the map."""
        images = self.arrays.get("map_images", ndim=len(self.content.sample_shape) + 1)
        rows = self.arrays.get("map_rows", ndim=1)
        if not self.content.is_images or images is None or rows is None or self.codes is None:
            return {}
        places = self.arrays.places(rows, len(self.clusters))
        if places is None or len(images) != len(places):
            return {}
        strips = {}
        for cluster in self.found:
            mean = self.codes[self.clusters == cluster].mean(axis=0)
            here = np.flatnonzero(self.clusters[places] == cluster)
            distances = np.square(self.codes[places[here]] - mean).sum(axis=1)
            closest = here[np.argsort(distances, kind="stable")[:_NEAREST]]
            if len(closest):
                some = reduced(images[closest], min(48, self.detail.image_side))
                alt = f"{plural(len(closest), 'sample')} closest to the middle of cluster {cluster}"
                strips[int(cluster)] = strip(as_pixels(some, (0, 255)), alt)
        return strips


def cluster_labels_section(content: Content, arrays: Arrays) -> Section | None:
    """Build the section on the labels inside the clusters; None for data without labels."""
    labels = arrays.labels()
    clusters = arrays.clusters(content.models[0]) if content.models else None
    if labels is None:
        return None
    if clusters is None or len(clusters) != len(labels):
        missing = (
            "The clusters of the held-out samples are missing, so their labels are not counted.",
        )
        return Section("labels", "Labels in the clusters", missing=missing)
    arguments = (labels, clusters)
    names = content.class_names
    pictures = (
        (cluster_label_shares, "shares", "What each cluster is made of."),
        (
            cluster_label_counts,
            "counts",
            "The same, side by side: a class in two clusters is split.",
        ),
        (cluster_label_table, "table", "The exact numbers; the shade is the share of the cluster."),
    )
    table = contingency(labels, clusters)
    classes = plural(len(table.classes), "label")
    where = f"of {classes} in {plural(len(table.clusters), 'cluster')}"
    figures = tuple(
        Figure(
            inline_svg(
                plot(*arguments, names=names),
                f"labels-{name}",
                f"{words} {where}; all numbers are in the last figure.",
            ),
            caption,
        )
        for (plot, name, caption), words in zip(
            pictures, ("Shares", "Counts", "Counts"), strict=True
        )
    )
    lead = (
        "The clusters were made without the labels; here they are scored with labels. A cluster of one "
        "colour has found a class, a cluster of several has merged them."
    )
    data = {
        "clusters": table.clusters.tolist(),
        "labels": [_word(int(one), content) for one in table.classes],
        "counts": table.counts.tolist(),
    }
    return Section("labels", "Labels in the clusters", lead, figures, data=data)


def _word(label: int, content: Content) -> str:
    names = content.class_names
    if names is None or not 0 <= label < len(names):
        return str(label)
    return names[label] or "(no name)"
