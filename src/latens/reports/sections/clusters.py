"""The section on the clusters: how many, and what each of them is like."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

from latens.exceptions import DataError
from latens.metrics import silhouette_samples
from latens.plots import Picture, criteria, medoids, silhouette_profiles, silhouettes
from latens.reports.blocks import Block, Cell, Figure, Heading, Image, ReportTable, Section
from latens.reports.figures import inline_svg
from latens.reports.formatting import MISSING, count, number, plural
from latens.reports.run_data import RunData
from latens.reports.thumbnails import as_pixels, reduced, strip
from latens.runs import ChosenClusters, array_names

__all__ = ["clusters_section"]

Integers = npt.NDArray[np.int64]
Array = npt.NDArray[np.generic]

# The cost of silhouettes grows with the square of the samples; these give the second digit.
_SILHOUETTE_ROWS = 3_000
_NEAREST = 6
# Of more, only the largest are listed, and nothing is drawn.
_MOST_CLUSTERS = 100


def clusters_section(run: RunData) -> Section:
    """Build the section on the number of clusters, and on each of them."""
    blocks: list[Block] = []
    missing: list[str] = []
    chosen = run.results.clusters
    if chosen is not None and chosen.tried:
        blocks.append(_sweep(chosen))
    else:
        missing.append("This run has not tried other numbers of clusters.")
    name = run.models[0] if run.models else ""
    clusters = run.arrays.clusters(name)
    data: dict[str, object] = {"chosen": chosen.model_dump() if chosen else None}
    if clusters is None:
        missing.append("This run holds no clusters of the held-out samples yet.")
    else:
        rows = _Clusters(run, name, clusters)
        blocks += [*rows.figures(), rows.table()]
        data["clusters"] = [asdict(one) for one in rows.facts()]
    return Section("clusters", "Clusters", _lead(run), tuple(blocks), tuple(missing), data)


def _lead(run: RunData) -> str:
    chosen = run.results.clusters
    if chosen is None:
        return ""
    name = run.label(run.models[0]) if run.models else "the first model"
    why, reason = (
        f" ({words.rstrip('.')})" if words else "" for words in (chosen.why, chosen.reason)
    )
    unclear = (
        "" if chosen.is_clear is not False else f"There is no clear number of clusters{reason}. "
    )
    return (
        f"{unclear}K-means sorts the codes of {name} into {plural(chosen.k, 'cluster')}{why}. The clusters "
        "were found on the training samples; these are the held-out samples."
    )


def _sweep(chosen: ChosenClusters) -> Figure:
    """What the criteria say of every number tried; only the silhouette, if the run has no others."""
    ks, values = zip(*chosen.tried, strict=True)
    if len(chosen.criteria) > 1 and len(ks) == len(chosen.ks):
        return _criteria(chosen)
    picture = silhouettes(ks, values, chosen=chosen.k)
    best = max(zip(values, ks, strict=True))
    alt = (
        f"Mean silhouette for {ks[0]} to {ks[-1]} clusters; the largest is {best[0]:.3f} at "
        f"{best[1]} clusters. {chosen.k} clusters were used."
    )
    caption = (
        "The silhouette tells how much closer a sample is to its own cluster than to the next one: 1 is "
        "far apart, 0 is on the border. No labels are involved."
    )
    return Figure(inline_svg(picture, "silhouettes", alt), caption, width=720, least_width=420)


def _criteria(chosen: ChosenClusters) -> Figure:
    picture = criteria(chosen.ks, chosen.criteria, best=chosen.k)
    words = ", ".join(f"{one.label} {one.best}" for one in chosen.criteria)
    alt = f"Criteria for {chosen.ks[0]} to {chosen.ks[-1]} clusters. They would choose: {words}."
    caption = (
        "What each criterion says of every number of clusters of these codes; none knows the labels, and "
        f"none decides alone. The dashed line is the number used, {chosen.k}."
    )
    width = round(100 * picture.figure.get_figwidth())
    svg = inline_svg(picture, "criteria", alt)
    return Figure(svg, caption, width, min(width, 640))


@dataclass(frozen=True)
class _Cluster:
    """One cluster in numbers; `label` and `purity` only where there are labels, `closest` are rows."""

    cluster: int
    size: int
    share: float
    silhouette: float | None
    label: str | None
    purity: float | None
    closest: tuple[int, ...] = ()


class _Clusters:
    """What is known about every cluster of a representation."""

    def __init__(self, run: RunData, name: str, clusters: Integers) -> None:
        self.run = run
        self.clusters = clusters
        self.found, self.sizes = np.unique(clusters, return_counts=True)
        self.codes = run.arrays.get(array_names.codes(name), ndim=2, rows=len(clusters))
        self.on_map = self._on_map()
        self.closest = self._closest()
        self.samples = self._samples()
        self.silhouettes = self._silhouettes()
        labels = run.arrays.labels()
        self.labels = labels if labels is not None and len(labels) == len(clusters) else None

    def facts(self) -> list[_Cluster]:
        """Return every cluster in numbers, the largest first."""
        n = len(self.clusters)
        facts = [
            _Cluster(
                one,
                size,
                size / n,
                self.silhouettes.get(one),
                *self._majority(one),
                tuple(self.run.arrays.identity.row(place) for place in self.closest.get(one, ())),
            )
            for one, size in zip(self.found.tolist(), self.sizes.tolist(), strict=True)
        ]
        return sorted(facts, key=lambda one: (-one.size, one.cluster))

    def figures(self) -> Iterable[Figure]:
        """Draw the middle of each cluster, and how solid they are."""
        if len(self.found) > _MOST_CLUSTERS:
            return
        if self.on_map is not None:
            places, codes, images = self.on_map
            picture = medoids(codes, self.clusters[places], images, limits=(0, 255))
            alt = f"The most central sample of each of {plural(len(picture.frame), 'cluster')}."
            caption = (
                "The most central sample of each cluster: above it the number of the cluster, below it how "
                "many samples of the map it holds."
            )
            yield _as_figure(picture, "medoids", alt, caption)
        if self.samples is not None:
            picture = silhouette_profiles(*self.samples)
            below = float((self.samples[0] < 0).mean())
            alt = f"Silhouettes of the samples, cluster by cluster; {below:.1%} are below 0."
            caption = (
                f"The silhouettes of the samples in each cluster. {below:.1%} lie left of 0: they are closer "
                "to another cluster."
            )
            yield _as_figure(picture, "profiles", alt, caption)

    def table(self) -> ReportTable:
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
        if self.closest:
            headings.append(Heading("Which these are" if nearest else "Closest to the middle"))
        note = "The most frequent labels are scored with labels." if self.labels is not None else ""
        if len(self.found) > _MOST_CLUSTERS:
            note += f" The {_MOST_CLUSTERS} largest are listed."
        return ReportTable(
            f"{plural(len(self.found), 'cluster')} of {count(len(self.clusters))} held-out samples",
            tuple(headings),
            tuple(tuple(self._row(one, nearest)) for one in self.facts()[:_MOST_CLUSTERS]),
            note=note.strip(),
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
        if self.closest:
            known = self.run.arrays.identity.without_part()
            words = ", ".join(known.label(place) for place in self.closest.get(one.cluster, ()))
            yield Cell(words or MISSING, long=True)

    def _samples(self) -> tuple[npt.NDArray[np.float64], Integers] | None:
        """Silhouettes of some samples, and their clusters."""
        if self.codes is None or len(self.found) < 2:
            return None
        step = -(-len(self.codes) // _SILHOUETTE_ROWS)
        clusters = self.clusters[::step]
        try:
            return silhouette_samples(self.codes[::step], clusters), clusters
        except DataError:  # as when every sample is a cluster of its own
            return None

    def _silhouettes(self) -> dict[int, float]:
        if self.samples is None:
            return {}
        values, clusters = self.samples
        return {int(one): float(values[clusters == one].mean()) for one in np.unique(clusters)}

    def _majority(self, cluster: int) -> tuple[str | None, float | None]:
        if self.labels is None:
            return None, None
        values, counts = np.unique(self.labels[self.clusters == cluster], return_counts=True)
        return self.run.class_name(int(values[counts.argmax()])), float(counts.max() / counts.sum())

    def _on_map(self) -> tuple[Integers, Array, Array] | None:
        """Of the samples on the map: their places among the scored ones, their codes and pictures."""
        images = self.run.arrays.get(array_names.MAP_IMAGES, ndim=len(self.run.sample_shape) + 1)
        rows = self.run.arrays.on_map()
        if not self.run.is_images or images is None or rows is None or self.codes is None:
            return None
        places = self.run.arrays.among_scored(rows, len(self.clusters))
        if places is None or len(images) < len(places):
            return None
        return places, self.codes[places], images[: len(places)]

    def _nearest(self) -> dict[int, Image]:
        """For every cluster, pictures of the samples closest to its mean, of those on the map."""
        if self.on_map is None or len(self.found) > _MOST_CLUSTERS:
            return {}
        places, codes, images = self.on_map
        strips = {}
        for cluster in self.found:
            closest = _closest_of(codes, np.flatnonzero(self.clusters[places] == cluster))
            if len(closest) == 0:
                continue
            some = reduced(images[closest], min(48, self.run.resolution.image_side))
            alt = f"{plural(len(closest), 'sample')} closest to the middle of cluster {cluster}"
            strips[int(cluster)] = strip(as_pixels(some, (0, 255)), alt)
        return strips

    def _closest(self) -> dict[int, list[int]]:
        """For every cluster the samples closest to its mean, of those with pictures where there are some."""
        known = self.run.arrays.scored(len(self.clusters))
        if self.codes is None or known is None or len(self.found) > _MOST_CLUSTERS:
            return {}
        some = np.arange(len(self.clusters)) if self.on_map is None else self.on_map[0]
        clusters, codes = self.clusters[some], self.codes[some]
        closest = {
            int(one): known[some[_closest_of(codes, np.flatnonzero(clusters == one))]].tolist()
            for one in self.found
        }
        return closest


def _closest_of(codes: Array, here: Integers) -> Integers:
    """The samples of a cluster that are closest to its mean."""
    if len(here) == 0:
        return here
    values = np.asarray(codes[here], dtype=np.float64)
    distances = np.square(values - values.mean(axis=0)).sum(axis=1)
    closest: Integers = here[np.argsort(distances, kind="stable")[:_NEAREST]]
    return closest


def _as_figure(picture: Picture, name: str, alt: str, caption: str) -> Figure:
    width = round(100 * picture.figure.get_figwidth())
    return Figure(inline_svg(picture, name, alt), caption, width, min(width, 480))
