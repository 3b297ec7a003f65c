"""The section on what each cluster is like: the columns that set it apart, or its pictures."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from latens.plots import cluster_profiles
from latens.plots.cluster_profiles import ProfileCell
from latens.reports.blocks import Block, Cell, Figure, Fold, Heading, Image, ReportTable, Section
from latens.reports.figures import inline_svg
from latens.reports.formatting import MISSING, count, plural
from latens.reports.run_data import RunData
from latens.reports.thumbnails import as_pixels, reduced, strip
from latens.runs import ClusterProfile, ClusterProfiles, ColumnDifference, array_names

__all__ = ["profiles_section"]

# Of more clusters, the largest.
_MOST_CLUSTERS, _MOST_DIFFERENCES = 60, 12
_SIDE = 48


def profiles_section(run: RunData) -> Section | None:
    """Build the section; None for a run without profiles."""
    profiles = run.profiles
    if profiles is None or not profiles.clusters:
        return None
    shown = profiles.clusters[:_MOST_CLUSTERS]
    blocks: list[Block] = [*_overview(shown), _table(run, shown)]
    folds = [_fold(one) for one in shown if one.differences]
    return Section(
        "cluster-profiles",
        "What each cluster is like",
        _lead(run, profiles),
        (*blocks, *folds),
        data={"clusters": [one.model_dump() for one in shown]},
    )


def _lead(run: RunData, profiles: ClusterProfiles) -> str:
    name = run.label(profiles.representation)
    words = (
        f"All {plural(profiles.n, 'sample')} in the clusters of {name}, those that were trained on, too; "
        "nothing here is a score. "
    )
    if any(one.differences for one in profiles.clusters):
        words += (
            "Each cluster beside all other samples, by your own columns as they stand in the table. An "
            "effect goes from −1 to 1: the difference of two shares, or of numbers and dates the chance that "
            "a sample of the cluster has the larger value, less the chance that it has the smaller one. "
            "Effects describe and test nothing: clusters are made of the columns that are learned from. "
        )
    if any(one.name_from == "labels" for one in profiles.clusters):
        words += (
            "Names are those of the most frequent labels, which have made and scored no cluster. "
        )
    elif any(one.name_from == "columns" for one in profiles.clusters):
        words += "Names are made of the columns that differ most. "
    return (
        f"{words}`latens clusters RUN --out clusters.csv` writes all samples with their clusters."
    )


def _overview(profiles: list[ClusterProfile]) -> Iterable[Figure]:
    cells = []
    for profile in profiles:
        seen: set[str] = set()
        for one in profile.differences:
            if one.column not in seen:
                seen.add(one.column)
                cells.append(ProfileCell(profile.name, one.column, one.effect, _short(one)))
    if not cells:
        return
    picture = cluster_profiles(cells, [one.name for one in profiles])
    told = "; ".join(f"{one.name}: {one.words}" for one in profiles[:20])
    caption = (
        "The columns in which clusters differ most from all other samples, and what they have there: a "
        "median, the text whose share differs most, or missing cells. Blue is more or later, orange less or "
        "earlier; the stronger, the larger the effect."
    )
    yield Figure(
        inline_svg(picture, "cluster-profiles-overview", f"What sets clusters apart. {told}."),
        caption,
    )


def _short(one: ColumnDifference) -> str:
    """What a cluster has in a column, in a few letters."""
    if one.kind == "gap":
        return "missing" if one.effect > 0 else "given"
    if one.kind == "text":
        return f"{'' if one.effect > 0 else 'not '}{one.level}"
    if one.kind == "truth":
        return one.here_words
    return one.here_words[:7] if one.kind == "date" else one.here_words


def _table(run: RunData, profiles: list[ClusterProfile]) -> ReportTable:
    pictures = _Pictures(run)
    has_labels = any(one.label is not None for one in profiles)
    has_columns = any(one.differences for one in profiles)
    headings = [
        Heading("Cluster"),
        Heading("Suggested name"),
        Heading("Samples", number=True),
        Heading("Held out", number=True),
    ]
    if has_labels:
        headings.append(Heading("Most frequent label"))
    if has_columns:
        headings.append(Heading("What differs most"))
    if pictures.is_there:
        headings += [
            Heading("Mean image", "Of those on the map."),
            Heading("Nearest to the center"),
            Heading("Farthest from it", "The farthest first."),
        ]
    else:
        headings.append(Heading("In the middle", "The row of the data nearest to the center."))
    rows = []
    for one in profiles:
        cells = [
            Cell(str(one.cluster)),
            Cell(one.name, detail="by labels" if one.name_from == "labels" else ""),
            Cell(count(one.size), number=True),
            Cell(count(one.n_held_out), number=True),
        ]
        if has_labels:
            share = "" if one.label_share is None else f"{one.label_share:.0%}"
            cells.append(Cell(one.label or MISSING, detail=share))
        if has_columns:
            cells.append(Cell(one.words or "nothing clear", long=True))
        cells += pictures.cells(one) if pictures.is_there else [Cell(_middle(run, one), long=True)]
        rows.append(tuple(cells))
    return ReportTable(
        f"{plural(len(rows), 'cluster')}, the largest first", tuple(headings), tuple(rows)
    )


def _middle(run: RunData, one: ClusterProfile) -> str:
    known = run.arrays.identity.without_part()
    n = 0 if known.rows is None else len(known.rows)
    return known.label(one.nearest[0]) if one.nearest and one.nearest[0] < n else MISSING


def _fold(one: ClusterProfile) -> Fold:
    headings = (
        Heading("Column"),
        Heading("Effect", "From −1 to 1; see above.", number=True),
        Heading("This cluster", number=True),
        Heading("All others", number=True),
        Heading("Quartiles here"),
        Heading("Quartiles of the others"),
        Heading("Samples with a value", number=True),
    )
    rows = tuple(
        (
            Cell(each.what, detail="labels" if each.is_label else ""),
            Cell(f"{each.effect:+.2f}".replace("-", "−"), number=True),
            Cell(each.here_words, number=True, best=each.effect > 0),
            Cell(each.others_words, number=True, best=each.effect < 0),
            Cell(each.range_words(each.here_range) or MISSING),
            Cell(each.range_words(each.others_range) or MISSING),
            Cell(count(each.n_here), number=True),
        )
        for each in one.differences[:_MOST_DIFFERENCES]
    )
    caption = f"Cluster {one.cluster}, {one.name}, beside all other samples: medians or shares"
    return Fold(
        f"{one.name}, {plural(one.size, 'sample')}", (ReportTable(caption, headings, rows),)
    )


class _Pictures:
    """Pictures of the samples on the map, by their places."""

    def __init__(self, run: RunData) -> None:
        rows = run.arrays.numbers(array_names.MAP_ROWS)
        images = run.arrays.get(array_names.MAP_IMAGES, ndim=len(run.sample_shape) + 1)
        self.is_there = run.is_images and rows is not None and images is not None
        self.side = min(_SIDE, run.resolution.image_side)
        if rows is None or images is None or len(images) != len(rows):
            self.is_there = False
            return
        self.images = images
        self.at = {place: at for at, place in enumerate(rows.tolist())}
        self.clusters = run.clusters_by_place

    def cells(self, one: ClusterProfile) -> list[Cell]:
        """Return the mean image of a cluster, and its nearest and farthest samples."""
        some = [
            self.at[place]
            for place, cluster in self.clusters.items()
            if cluster == one.cluster and place in self.at
        ]
        cells = [Cell(MISSING)]
        if some:
            mean = np.asarray(self.images[some], dtype=np.float64).mean(axis=0, keepdims=True)
            cells = [Cell("", image=self._strip(mean, f"the mean of {plural(len(some), 'image')}"))]
        for places, what in ((one.nearest, "nearest to"), (one.farthest, "farthest from")):
            known = [self.at[place] for place in places if place in self.at]
            alt = f"{plural(len(known), 'sample')} {what} the center of cluster {one.cluster}"
            image = self._strip(self.images[known], alt) if known else None
            cells.append(Cell("" if image else MISSING, image=image))
        return cells

    def _strip(self, images: npt.NDArray[np.generic], alt: str) -> Image:
        return strip(as_pixels(reduced(np.asarray(images), self.side), (0, 255)), alt)
