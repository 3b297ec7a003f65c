"""The section on the labels inside the clusters, which made none of them."""

import numpy as np
import numpy.typing as npt

from latens.exceptions import DataError
from latens.metrics import MergedClasses, contingency, merged_classes
from latens.plots import (
    cluster_label_counts,
    cluster_label_shares,
    cluster_label_table,
    merges,
)
from latens.reports.blocks import Block, Cell, Figure, Heading, ReportTable, Section
from latens.reports.figures import inline_svg
from latens.reports.formatting import count, plural
from latens.reports.run_data import RunData
from latens.runs import array_names

__all__ = ["cluster_labels_section"]

Integers = npt.NDArray[np.int64]

# Every label is written beside every cluster.
_MOST = 100


def cluster_labels_section(run: RunData) -> Section | None:
    """Build the section on the labels inside the clusters; None for data without labels."""
    labels = run.arrays.labels()
    clusters = run.arrays.clusters(run.models[0]) if run.models else None
    if labels is None:
        return None
    if clusters is None or len(clusters) != len(labels):
        missing = (
            "The clusters of the held-out samples are missing, so their labels are not counted.",
        )
        return Section("labels", "Labels in the clusters", missing=missing)
    if max(len(np.unique(labels)), len(np.unique(clusters))) > _MOST:
        missing = (f"There are more than {_MOST} labels or clusters, so they are not counted.",)
        return Section("labels", "Labels in the clusters", missing=missing)
    arguments = (labels, clusters)
    names = run.class_names
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
    is_taught = run.models[0] in run.supervised
    made = "of codes that learned from labels" if is_taught else "without the labels"
    lead = (
        f"The clusters were made {made}; here they are scored with labels. A cluster of one "
        "color has found a class, a cluster of several has merged them."
    )
    data: dict[str, object] = {
        "clusters": table.clusters.tolist(),
        "labels": [run.class_name(int(one)) for one in table.classes],
        "counts": table.counts.tolist(),
    }
    found = _Merged(run, labels, clusters)
    data["merged"] = found.facts()
    blocks = (*figures, *found.blocks())
    return Section("labels", "Labels in the clusters", lead, blocks, data=data)


class _Merged:
    """The clusters that hold several classes, and the samples on the map where these touch."""

    def __init__(
        self,
        run: RunData,
        labels: Integers,
        clusters: Integers,
    ) -> None:
        self.run = run
        self.places = self._places(len(labels))
        self.found = self._found(labels, clusters)

    def blocks(self) -> list[Block]:
        """Return a table of them, and pictures of the nearest pairs."""
        if not self.found:
            return []
        images = self.run.arrays.get(array_names.MAP_IMAGES, ndim=len(self.run.sample_shape) + 1)
        blocks: list[Block] = [self._table()]
        if self.run.is_images and images is not None and len(images) == len(self.places):
            blocks.append(self._figure(images))
        return blocks

    def facts(self) -> list[dict[str, object]]:
        """Return plain data."""
        return [
            {
                "cluster": int(one.cluster),
                "classes": [self.run.class_name(int(label)) for label in one.classes],
                "counts": list(one.counts),
                "size": one.size,
            }
            for one in self.found
        ]

    def _places(self, n: int) -> Integers:
        """Where the samples on the map stand among the scored ones; all of them without a map."""
        rows = self.run.arrays.on_map()
        places = None if rows is None else self.run.arrays.among_scored(rows, n)
        return np.arange(n) if places is None else places

    def _found(self, labels: Integers, clusters: Integers) -> tuple[MergedClasses, ...]:
        codes = self.run.arrays.get(array_names.codes(self.run.models[0]), ndim=2, rows=len(labels))
        if codes is None:
            return ()
        some = self.places
        try:
            return merged_classes(codes[some], labels[some], clusters[some], n_pairs=2)
        except DataError:  # codes that are not finite
            return ()

    def _table(self) -> ReportTable:
        headings = (
            Heading("Cluster"),
            Heading("Samples", number=True),
            Heading("Classes with a tenth of it or more, and their shares"),
        )
        rows = tuple(
            (
                Cell(f"Cluster {one['cluster']}"),
                Cell(count(one["size"]), number=True),  # type: ignore[arg-type]
                Cell(_shares(one), long=True),
            )
            for one in self.facts()
        )
        return ReportTable("Clusters that merge classes", headings, rows)

    def _figure(self, images: npt.NDArray[np.generic]) -> Figure:
        picture = merges(self.found, images, limits=(0, 255), names=self.run.class_names)
        alt = f"Nearest pairs of different classes in {plural(len(self.found), 'cluster')}."
        caption = (
            "Where the classes touch: for each two classes of a cluster the pairs of samples whose codes are "
            "closest, the closest first. What such a pair has in common is what the codes see."
        )
        return Figure(inline_svg(picture, "merges", alt), caption)


def _shares(one: dict[str, object]) -> str:
    pairs = zip(one["classes"], one["counts"], strict=True)  # type: ignore[call-overload]
    return ", ".join(f"{name[:40]} {n / one['size']:.0%}" for name, n in pairs)
