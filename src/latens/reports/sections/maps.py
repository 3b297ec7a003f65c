"""The section with maps of the codes."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from latens.plots import PALETTE, maps
from latens.reports.blocks import Block, Embedded, Figure, Fold, Paragraph, Section
from latens.reports.explorer import Explorer
from latens.reports.figures import inline_svg
from latens.reports.formatting import count, plural
from latens.reports.resolution import Resolution
from latens.reports.run_data import RunData
from latens.runs import array_names

__all__ = ["maps_section"]

Clouds = dict[str, npt.NDArray[np.generic]]

# More maps than this are too small to read side by side: those of further models are folded.
_MOST = 6

_LEAD = (
    "Each point is a held-out sample, and samples with similar codes lie close together. Such a map "
    "(t-SNE) shows who is whose neighbor; the distances between groups and the size of a group mean "
    "nothing, and it has no axes."
)

_PLANE_LEAD = (
    "Each point is a held-out sample, at the place that the first two principal components of its code give "
    "it: large distances mean something, and what only further components tell apart lies on one place."
)

# What their arrays start with, and their headings. The distances between principal components do mean
# something.
_OTHERS = {
    "umap": "UMAP maps of the same codes",
    "plane": "The first two principal components of the same codes",
}

_NO_UMAP = (
    "There are no UMAP maps: they are drawn beside those by t-SNE where umap-learn is installed; "
    "get it with pip install 'latens[umap]'."
)

_NO_TSNE = (
    "The maps are the first two principal components of each representation: t-SNE was left out."
)

_HOW = (
    "Drag to move the map, click it and turn the wheel to come nearer, and point at a sample to see it; drag "
    "the cross or the sliders to decode what lies between samples. Held-out samples that are scored make the "
    "map; all others lie amid those with the most similar codes, and “trained on” hides what was trained "
    "on. Below are the same maps of the scored samples as pictures."
)


def maps_section(run: RunData, explorer: Explorer) -> Section:
    """Build the section of the explorer and of maps that need no scripts, by label and by cluster."""
    # Where there was no time for t-SNE, the plane of the first two components is the map.
    of_plane = _clouds(run, "plane")
    clouds = _clouds(run) or of_plane
    if not clouds:
        why = "This run holds no maps. They are drawn at its end, for 20 held-out samples or more."
        return Section("map", "Map", missing=(why,))
    shown, folded = _first_ones(clouds, run)
    first = run.models[0] if run.models else ""
    labels = _on_the_map(run, run.arrays.labels())
    clusters = _on_the_map(run, run.arrays.clusters(first))
    blocks: list[Block] = []
    missing: tuple[str, ...] = ()
    if labels is not None:
        text = "The labels only color the points."
        if run.supervised:
            text = (
                f"The labels color the points; {', '.join(run.supervised)} learned from them, too."
            )
        figures = _figures(shown, folded, labels, "label", run.class_names, run.resolution)
        blocks += [Paragraph("By label", text), *figures]
    if clusters is not None:
        text = (
            f"The clusters are those of {run.label(first)}, shown on every map as squares, in colors that "
            "no label has."
        )
        figures = _figures(shown, folded, clusters, "cluster", None, run.resolution)
        blocks += [Paragraph("By cluster", text), *figures]
    others = {which: _clouds(run, which) for which in _OTHERS}
    if clouds is of_plane:
        others.pop("plane")
    blocks += _other_maps(run, others, labels, clusters)
    if clouds is of_plane:
        missing = (_NO_TSNE,)
    elif not others["umap"]:
        missing = (_NO_UMAP,)
    n = len(next(iter(clouds.values())))
    if not blocks:
        missing += ("There are neither labels nor clusters to color the points by.",)
        nobody = np.zeros(n, dtype=np.int64)
        blocks += _figures(shown, folded, nobody, "all samples", ["all samples"], run.resolution)
    if explorer.why_not:
        missing = (*missing, explorer.why_not)
    else:
        blocks = [Embedded(_HOW, explorer.html), *blocks]
    data = {"points": n, "maps": list(clouds)}
    lead = _LEAD if clouds is not of_plane else _PLANE_LEAD
    return Section("map", "Map", lead, tuple(blocks), missing, data)


def _first_ones(clouds: Clouds, run: RunData) -> tuple[Clouds, Clouds]:
    """The maps to show at once, and those to fold: of many, only raw, PCA and the first model stay."""
    if len(clouds) <= _MOST:
        return clouds, {}
    wanted = [*run.representations[:2], *run.models[:1]]
    first = {label for label in map(run.label, wanted) if label in clouds}
    shown = {label: cloud for label, cloud in clouds.items() if label in first}
    return shown, {label: cloud for label, cloud in clouds.items() if label not in first}


def _other_maps(
    run: RunData,
    others: dict[str, Clouds],
    labels: npt.NDArray[np.int64] | None,
    clusters: npt.NDArray[np.int64] | None,
) -> Iterator[Block]:
    """The same codes on other kinds of maps, folded, by label or else by cluster."""
    groups, title, names = (labels, "label", run.class_names)
    if groups is None:
        groups, title, names = (clusters, "cluster", None)
    for which, clouds in others.items():
        if clouds and groups is not None:
            shown, _ = _first_ones(clouds, run)
            figure = _figure(shown, groups, title, names, run.resolution, which)
            yield Fold(_OTHERS[which], (figure,))


def _clouds(run: RunData, which: str = "map") -> Clouds:
    clouds, most = {}, run.resolution.map_points
    rows, on_map = run.arrays.numbers(array_names.MAP_ROWS), run.arrays.on_map()
    for name in run.representations:
        cloud = run.arrays.get(
            array_names.map_of(name, which), ndim=2, rows=None if rows is None else len(rows)
        )
        if cloud is not None and cloud.shape[1] == 2:
            held_out = cloud if on_map is None else cloud[: len(on_map)]
            clouds[run.label(name)] = held_out[:: _step(len(held_out), most)]
    return clouds


def _step(n: int, most: int) -> int:
    return max(1, -(-n // most))


def _on_the_map(run: RunData, groups: npt.NDArray[np.int64] | None) -> npt.NDArray[np.int64] | None:
    """Of groups of all scored samples, those on the map."""
    rows = run.arrays.on_map()
    if groups is None or rows is None:
        return None
    places = run.arrays.among_scored(rows, len(groups))
    return (
        None if places is None else groups[places][:: _step(len(rows), run.resolution.map_points)]
    )


def _figures(
    shown: Clouds,
    folded: Clouds,
    groups: npt.NDArray[np.int64],
    title: str,
    names: Sequence[str] | None,
    resolution: Resolution,
) -> Iterator[Block]:
    if shown:
        yield _figure(shown, groups, title, names, resolution, "map")
    if folded:
        figure = _figure(folded, groups, title, names, resolution, "more-maps")
        yield Fold(f"{plural(len(folded), 'more map')}, by {title}", (figure,), is_open=not shown)


def _figure(
    clouds: Clouds,
    groups: npt.NDArray[np.int64],
    title: str,
    names: Sequence[str] | None,
    resolution: Resolution,
    prefix: str,
) -> Figure:
    are_clusters = title == "cluster"
    picture = maps(clouds, groups, names=names, title=title, are_clusters=are_clusters)
    n = count(len(groups))
    colors = len(np.unique(groups)) <= len(PALETTE)
    how = f"colored by {title}" if colors else f"grey, as there are too many of: {title}"
    alt = f"Maps of {n} held-out samples by {', '.join(clouds)}, {how}."
    svg = inline_svg(picture, f"{prefix}-{title.replace(' ', '-')}", alt, dpi=resolution.dpi)
    width = 1000 if len(clouds) > 1 else 500
    return Figure(svg, f"{n} held-out samples, {how}.", width, min(width, 720))
