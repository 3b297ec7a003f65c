"""Maps of codes: by t-SNE, by UMAP where it is installed, and their first two principal components."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod

import numpy as np
from PIL import Image
from sklearn.decomposition import PCA

from latens._seeds import derive
from latens.pairwise import nearest_rows
from latens.runs import Run, array_names
from latens.studies.map_places import AmidNeighbors, at_least_two, tsne, two_components
from latens.studies.map_process import fit_umap
from latens.studies.preparation import Prepared
from latens.studies.representations import Representation

__all__ = ["MOST_ON_MAPS", "write_maps", "write_umaps"]

# As many as a file of the explorer holds; its server would take more.
MOST_ON_MAPS = 70_000
# Of scored held-out samples, which make the maps, as many as a study scores unless told otherwise. From
# 10,000 points on openTSNE interpolates: a map of them takes 30 to 45 seconds on two busy cores, one of
# 5,000 takes 25 to 30, and one of 2,000 takes 5.
_MAP_ROWS, _FEWEST_MAP_ROWS = 10_000, 20
# All pictures together: 70,000 of 28 x 28 in full, 60,000 of 32 x 32 in color at 27 x 27.
_MOST_PICTURE_BYTES = 128 * 2**20
_BLOCK_VALUES, _SMALLEST_SIDE = 2**21, 8
_MAP_STREAM, _OTHERS_STREAM = 9, 13


@dataclass(frozen=True, eq=False)
class _OnMaps:
    """Which samples are on the maps.

    Attributes
    ----------
    rows : ndarray of int
        Those that make the maps: where they stand among the scored held-out samples.
    parts : sequence of (ndarray, ndarray of int)
        The samples of both parts, held-out ones first, and which of them are put among these.
    places : ndarray of int
        Of all of them, in this order.
    """

    rows: np.ndarray
    parts: tuple[tuple[np.ndarray, np.ndarray], ...]
    places: np.ndarray

    def others(self) -> Iterator[np.ndarray]:
        """Those that are put among the others, in blocks: codes of all of raw values are large."""
        for X, numbers in self.parts:
            step = max(1, _BLOCK_VALUES // prod(X.shape[1:]))
            for start in range(0, len(numbers), step):
                yield X[numbers[start : start + step]]


def write_maps(
    run: Run,
    data: Prepared,
    representations: list[Representation],
    centers: Mapping[str, np.ndarray],
    seed: int,
    *,
    tsne_rows: int | None = None,
    most: int = MOST_ON_MAPS,
) -> None:
    """Write maps of each representation of the same samples, what these are, and their codes and clusters.

    Scored held-out samples make the maps and come first. All others of both parts, or a random sample of
    them, are put among them.

    Parameters
    ----------
    run : Run
    data : Prepared
    representations : list of Representation
    centers : mapping of str to ndarray of shape (k, numbers)
        Of the clusters of every representation.
    seed : int
    tsne_rows : int, optional
        The most held-out samples that t-SNE gets, drawn at random; with 0 there are no maps by t-SNE.
    most : int, default=70000
        The most samples on the maps.

    Raises
    ------
    MapError
        If openTSNE fails.
    """
    shown = _on_maps(data, seed, most)
    if shown is None:
        return
    run.write_array(array_names.MAP_ROWS, shown.places)
    if data.is_images:
        run.write_array(array_names.MAP_IMAGES, _pictures(data, shown))
    for one in representations:
        made = one.test[shown.rows]
        maps = {} if tsne_rows == 0 else {"map": tsne(made, seed, tsne_rows or len(made))}
        for name, values in _of_all(one, shown, maps, centers[one.name]).items():
            run.write_array(name, values)


def _on_maps(data: Prepared, seed: int, most: int) -> _OnMaps | None:
    """Which samples are on the maps; None where those that are scored are too few to make one."""
    n = len(data.scored_test)
    if n < _FEWEST_MAP_ROWS:
        return None
    generator = np.random.default_rng(derive(seed, _MAP_STREAM))
    rows = np.sort(generator.choice(n, min(n, _MAP_ROWS), replace=False))
    held_out = np.setdiff1d(np.arange(len(data.test)), data.scored_test[rows])
    n_others = len(held_out) + len(data.train)
    generator = np.random.default_rng(derive(seed, _OTHERS_STREAM))
    drawn = generator.permutation(n_others)[: max(0, most - len(rows))]
    test = held_out[np.sort(drawn[drawn < len(held_out)])]
    train = np.sort(drawn[drawn >= len(held_out)]) - len(held_out)
    places = [data.places(data.scored_test[rows]), data.places(test), data.trained_on_places(train)]
    parts = ((data.test.X, test), (data.train.X, train))
    return _OnMaps(rows, parts, np.concatenate(places))


def _of_all(
    one: Representation, shown: _OnMaps, maps: Mapping[str, np.ndarray], centers: np.ndarray
) -> dict[str, np.ndarray]:
    """By the names of arrays, what is written of a representation: maps, and clusters and codes on them."""
    made, components = one.test[shown.rows], two_components(one.train)
    amid, of_made = AmidNeighbors.of(made, one.train), list(maps.values())

    def columns(codes: np.ndarray, places: list[np.ndarray]) -> list[np.ndarray]:
        known = [*places, _plane(codes, components), nearest_rows(codes, centers, 1)[1][:, 0]]
        # Of raw values all of them may be larger than the data.
        return known if one.is_baseline else [*known, codes]

    blocks = [columns(made, of_made)]
    blocks += [columns(new, amid.places(new, of_made)) for new in _codes(one, shown)]
    names = [array_names.map_of(one.name, kind) for kind in (*maps, "plane")]
    names += [array_names.clusters(one.name, "map")]
    names += [] if one.is_baseline else [array_names.codes(one.name, "map")]
    return {
        name: np.concatenate(column)
        for name, column in zip(names, zip(*blocks, strict=True), strict=True)
    }


def _codes(one: Representation, shown: _OnMaps) -> Iterator[np.ndarray]:
    """Codes of the samples that are put among the others, in blocks."""
    assert one.encode is not None, "what is drawn can encode"
    return map(one.encode, shown.others())


def _codes_again(run: Run, one: Representation, shown: _OnMaps) -> Iterator[np.ndarray]:
    """The same, of a model as they were written with its maps, if they were: to encode takes longest."""
    name = array_names.codes(one.name, "map")
    if one.is_baseline or not run.has_array(name):
        return _codes(one, shown)
    written = run.array(name)
    return (
        iter([written[len(shown.rows) :]])
        if len(written) == len(shown.places)
        else _codes(one, shown)
    )


def _plane(codes: np.ndarray, components: PCA | None) -> np.ndarray:
    """The first two principal components of codes."""
    if components is None:
        return at_least_two(codes[:, :1]).astype(np.float32)
    plane: np.ndarray = components.transform(codes).astype(np.float32)
    return plane


def _pictures(data: Prepared, shown: _OnMaps) -> np.ndarray:
    """Images as bytes, a block at a time, as floats of all of them may take gigabytes.

    They are made smaller where all of them together would be too large.
    """
    shape = data.test.X.shape[1:]
    factor = min(1.0, (_MOST_PICTURE_BYTES / (len(shown.places) * prod(shape))) ** 0.5)
    least = min(1.0, _SMALLEST_SIDE / min(shape[:2]))
    h, w = (max(1, int(max(factor, least) * side)) for side in shape[:2])
    pictures = np.empty((len(shown.places), h, w, *shape[2:]), dtype=np.uint8)
    at = 0
    for X in (data.test.X[data.scored_test[shown.rows]], *shown.others()):
        pixels = (data.scaling.apply(X).clip(0, 1) * 255).round().astype(np.uint8)
        pictures[at : at + len(X)] = pixels if (h, w) == shape[:2] else _reduced(pixels, h, w)
        at += len(X)
    return pictures


def _reduced(images: np.ndarray, h: int, w: int) -> np.ndarray:
    """Images of another size, each pixel the mean of those that it stands for."""
    channels = images.reshape(*images.shape[:3], -1)
    smaller = [
        [
            np.asarray(Image.fromarray(image[..., at]).resize((w, h), Image.Resampling.BOX))
            for at in range(channels.shape[3])
        ]
        for image in channels
    ]
    return np.moveaxis(np.array(smaller), 1, 3).reshape(len(images), h, w, *images.shape[3:])


def write_umaps(
    run: Run,
    data: Prepared,
    representations: list[Representation],
    seed: int,
    *,
    most: int = MOST_ON_MAPS,
) -> None:
    """Write a UMAP map of each representation, of the samples that are on the other maps.

    Raises
    ------
    MapError
        If umap-learn fails.
    """
    shown = _on_maps(data, seed, most)
    if shown is None:
        return
    for one in representations:
        known = one.test[shown.rows]
        # From the first two principal components, as t-SNE does, so that the two look alike.
        made, _ = fit_umap(
            at_least_two(known),
            n_neighbors=min(15, len(known) - 1),
            init="pca",
            random_state=seed,
            n_jobs=1,
        )
        amid = AmidNeighbors.of(known, one.train)
        placed = [amid.places(new, [made])[0] for new in _codes_again(run, one, shown)]
        places = np.concatenate([made, *placed]).astype(np.float32)
        run.write_array(array_names.map_of(one.name, "umap"), places)
