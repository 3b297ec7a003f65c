"""Maps of codes: by t-SNE, by UMAP where it is installed, and their first two principal components."""

from math import prod

import numpy as np

from latens._pca import fit_pca
from latens._seeds import derive
from latens.pairwise import nearest_rows
from latens.runs import Run, array_names
from latens.studies.map_process import fit_tsne, fit_umap
from latens.studies.preparation import Prepared
from latens.studies.representations import Representation

__all__ = ["write_maps", "write_umaps"]

# As many as a study scores unless told otherwise, so that every scored sample can be looked at. From
# 10,000 points on openTSNE interpolates: a map of them takes 30 to 45 seconds on two busy cores, one of
# 5,000 takes 25 to 30, and one of 2,000 takes 5.
_MAP_ROWS, _FEWEST_MAP_ROWS = 10_000, 20
# Samples that were trained on fill the maps up to this number, and so many bytes of pictures.
_MOST_BYTES = 32 * 2**20
_NEAREST_ON_MAP = 5
_BLOCK = 500
# Of fewer points, threads spend most of their time waiting for each other, on a busy machine nearly all.
_ROWS_FOR_ALL_CORES = 2_000
_MAP_STREAM, _TRAINED_ON_STREAM = 9, 13


def write_maps(
    run: Run,
    data: Prepared,
    representations: list[Representation],
    seed: int,
    most_rows: int | None = None,
) -> None:
    """Write maps of each representation of the same samples, and what these samples are.

    The held-out ones make the map and come first; those that were trained on are placed among them. t-SNE
    gets at most `most_rows` of the held-out ones, drawn at random, and the others are put among their
    neighbors; with 0 there are no maps by t-SNE.

    Raises
    ------
    MapError
        If openTSNE fails.
    """
    rows = _map_rows(data, seed)
    if len(rows) == 0:
        return
    others = _trained_on_rows(data, len(rows), seed)
    test, train = data.scored_test[rows], data.scored_train[others]
    places = np.concatenate([data.places(test), data.trained_on_places(train)])
    run.write_array(array_names.MAP_ROWS, places)
    if data.is_images:
        parts = ((data.test.X, test), (data.train.X, train))
        pictures = [_pictures(data, X, some) for X, some in parts]
        run.write_array(array_names.MAP_IMAGES, np.concatenate(pictures))
    for one in representations:
        codes = np.concatenate([one.test[rows], one.train[others]])
        run.write_array(array_names.map_of(one.name, "plane"), _plane(one.train, codes))
        if most_rows != 0:
            made = _tsne(one.test[rows], seed, most_rows or len(rows))
            run.write_array(array_names.map_of(one.name), _with_others(made, one, rows, others))


def _map_rows(data: Prepared, seed: int) -> np.ndarray:
    """Return which of the scored held-out rows are on the maps; none where they are too few."""
    n = len(data.scored_test)
    if n < _FEWEST_MAP_ROWS:
        return np.empty(0, dtype=np.int64)
    generator = np.random.default_rng(derive(seed, _MAP_STREAM))
    return np.sort(generator.choice(n, min(n, _MAP_ROWS), replace=False))


def _trained_on_rows(data: Prepared, n_held_out: int, seed: int) -> np.ndarray:
    """Return which of the scored training rows are on the maps, beside this many held-out ones."""
    n = len(data.scored_train)
    room = max(0, _MAP_ROWS - n_held_out)
    if data.is_images:
        room = min(room, _MOST_BYTES // max(1, prod(data.train.X.shape[1:])))
    generator = np.random.default_rng(derive(seed, _TRAINED_ON_STREAM))
    return np.sort(generator.choice(n, min(n, room), replace=False))


def _with_others(
    places: np.ndarray, one: Representation, rows: np.ndarray, others: np.ndarray
) -> np.ndarray:
    """A map of held-out samples with those that were trained on: each amid its nearest ones by codes."""
    if not len(others):
        return places
    amid = _amid(places, one.test[rows], one.train[others])
    return np.concatenate([places, amid]).astype(np.float32)


def _amid(places: np.ndarray, codes: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Where new codes are on a map of others: amid the nearest of these.

    That is where openTSNE and UMAP begin when they place new samples, too.
    """
    distances, nearest = nearest_rows(new, codes, min(_NEAREST_ON_MAP, len(codes)))
    # Equal codes are on the same spot.
    weights = 1 / np.maximum(distances.astype(np.float64) ** 2, 1e-12)
    weights /= weights.sum(axis=1, keepdims=True)
    amid: np.ndarray = (places[nearest] * weights[..., None]).sum(axis=1)
    return amid


def _pictures(data: Prepared, X: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Images as bytes, a block at a time, as floats of all of them may take gigabytes."""
    pictures = np.empty((len(rows), *X.shape[1:]), dtype=np.uint8)
    for start in range(0, len(rows), _BLOCK):
        block = slice(start, start + _BLOCK)
        scaled = data.scaling.apply(X[rows[block]]).clip(0, 1) * 255
        pictures[block] = scaled.round()
    return pictures


def _plane(train: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """The first two principal components of codes, fitted on those of the training samples."""
    if train.shape[1] < 2 or len(train) < 2:
        return np.column_stack([codes[:, 0], np.zeros(len(codes))]).astype(np.float32)
    plane: np.ndarray = fit_pca(train, 2).transform(codes).astype(np.float32)
    return plane


def _tsne(codes: np.ndarray, seed: int, most_rows: int) -> np.ndarray:
    """A map by openTSNE at perplexity 30, started from the first two principal components."""
    codes = _at_least_two(codes)
    n = min(len(codes), most_rows)
    order = np.random.default_rng(seed).permutation(len(codes)) if n < len(codes) else np.arange(n)
    jobs = -1 if n > _ROWS_FOR_ALL_CORES else 1
    places = np.empty((len(codes), 2), dtype=np.float32)
    places[order[:n]], _ = fit_tsne(
        codes[order[:n]], seed, perplexity=min(30, (n - 1) / 3), n_jobs=jobs
    )
    if n < len(codes):
        places[order[n:]] = _amid(places[order[:n]], codes[order[:n]], codes[order[n:]])
    return places


def write_umaps(
    run: Run,
    data: Prepared,
    representations: list[Representation],
    seed: int,
) -> None:
    """Write a UMAP map of each representation, of the samples that are on the other maps.

    Raises
    ------
    MapError
        If umap-learn fails.
    """
    rows = _map_rows(data, seed)
    others = _trained_on_rows(data, len(rows), seed)
    for one in representations if len(rows) else ():
        # From the first two principal components, as t-SNE does, so that the two look alike.
        made, _ = fit_umap(
            _at_least_two(one.test[rows]),
            n_neighbors=min(15, len(rows) - 1),
            init="pca",
            random_state=seed,
            n_jobs=1,
        )
        places = _with_others(made.astype(np.float32), one, rows, others)
        run.write_array(array_names.map_of(one.name, "umap"), places)


def _at_least_two(codes: np.ndarray) -> np.ndarray:
    """Codes of one number with a column of zeros."""
    return codes if codes.shape[1] > 1 else np.column_stack([codes, np.zeros(len(codes))])
