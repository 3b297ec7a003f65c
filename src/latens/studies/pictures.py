"""The arrays behind the pictures of a run, of the first seed."""

import warnings

import numpy as np
from sklearn.decomposition import PCA

from latens._seeds import derive
from latens.models import BaseAutoencoder
from latens.runs import Run
from latens.studies.filters import look_inside
from latens.studies.inspection import draws_of_codes
from latens.studies.preparation import Prepared
from latens.studies.representations import Representation

__all__ = ["write_codes", "write_examples", "write_generated", "write_layers", "write_maps"]

_EXAMPLES, _GENERATED = 24, 24
# As many as a study scores unless told otherwise, so that every scored sample can be looked at. From
# 10,000 points on openTSNE interpolates: a map of them takes 30 to 45 seconds on two busy cores, one of
# 5,000 takes 25 to 30, and one of 2,000 takes 5.
_MAP_ROWS, _FEWEST_MAP_ROWS = 10_000, 20
_LOOKED_AT = 1_000
_BLOCK = 500
# Of fewer points, threads spend most of their time waiting for each other, on a busy machine nearly all.
_ROWS_FOR_ALL_CORES = 2_000
_MAP_STREAM, _DRAW_STREAM, _GENERATION_STREAM = 9, 10, 11


def write_codes(
    run: Run, data: Prepared, representation: Representation, model: BaseAutoencoder, seed: int
) -> None:
    """Write a model's codes of the scored rows, and draws of its posteriors where it has them."""
    name = representation.name
    run.write_array(f"codes_{name}_train", representation.train)
    run.write_array(f"codes_{name}_test", representation.test)
    draws = draws_of_codes(model, data.test.X[data.scored_test], derive(seed, _DRAW_STREAM))
    if draws is not None:
        run.write_array(f"draws_{name}_test", draws)


def write_generated(run: Run, name: str, model: BaseAutoencoder, seed: int) -> None:
    """Write new samples of a model."""
    stream = derive(seed, _GENERATION_STREAM) % 2**31
    run.write_array(f"generated_{name}", model.sample(_GENERATED, random_state=stream))


def write_layers(
    run: Run, data: Prepared, name: str, model: BaseAutoencoder
) -> list[dict[str, object]]:
    """Write filters and patches of an encoder's layers; return what results.json says of them."""
    some = data.scored_test[:: -(-len(data.scored_test) // _LOOKED_AT)]
    layers = look_inside(model, data.test.X[some])
    for layer in layers:
        run.write_array(f"filters_{name}_{layer.name}", layer.filters)
        run.write_array(f"patches_{name}_{layer.name}", layer.patches)
    return [layer.facts() for layer in layers]


def write_examples(
    run: Run, data: Prepared, representations: list[Representation], order_by: str
) -> None:
    """Write held-out samples and how each representation rebuilds them: best, middle and worst.

    Parameters
    ----------
    run : Run
    data : Prepared
    representations : list of Representation
        Those that cannot rebuild are left out.
    order_by : str
        The representation whose errors decide which samples are shown.
    """
    X = data.test.X[data.scored_test]
    truth = data.scaling.apply(X.reshape(len(X), -1))
    rebuilt = {one.name: one.rebuild(X) for one in representations if one.rebuild is not None}
    errors = {}
    for name, rows in rebuilt.items():
        difference = data.scaling.apply(rows.reshape(len(X), -1)) - truth
        errors[name] = np.square(difference).mean(axis=1).astype(np.float32)
        run.write_array(f"errors_{name}_test", errors[name])
    shown = _spread_of(errors[order_by])
    run.write_array("example_rows", data.scored_test[shown])
    run.write_array("examples_original", X[shown])
    for name, rows in rebuilt.items():
        run.write_array(f"examples_{name}", rows[shown])
    if data.test.y is not None:
        firsts = _first_of_each(data.test.y[data.scored_test])
        run.write_array("class_rows", data.scored_test[firsts])
        run.write_array("class_examples_original", X[firsts])
        for name, rows in rebuilt.items():
            run.write_array(f"class_examples_{name}", rows[firsts])


def write_maps(run: Run, data: Prepared, representations: list[Representation], seed: int) -> None:
    """Write a t-SNE map of each representation of the same held-out samples, and what they are."""
    generator = np.random.default_rng(derive(seed, _MAP_STREAM))
    n = len(data.scored_test)
    if n < _FEWEST_MAP_ROWS:
        return
    rows = np.sort(generator.choice(n, min(n, _MAP_ROWS), replace=False))
    run.write_array("map_rows", data.scored_test[rows])
    for one in representations:
        run.write_array(f"map_{one.name}", _tsne(one.test[rows], seed))
        run.write_array(f"plane_{one.name}", _plane(one.train, one.test[rows]))
    items = data.test.item_names
    if items is not None:
        files = [items[row] for row in data.scored_test[rows]]
        run.write("items", {"columns": {"file": files}})
    if data.is_images:
        run.write_array("map_images", _pictures(data, data.scored_test[rows]))


def _pictures(data: Prepared, rows: np.ndarray) -> np.ndarray:
    """Held-out images as bytes, a block at a time, as floats of all of them may take gigabytes."""
    pictures = np.empty((len(rows), *data.test.X.shape[1:]), dtype=np.uint8)
    for start in range(0, len(rows), _BLOCK):
        block = slice(start, start + _BLOCK)
        scaled = data.scaling.apply(data.test.X[rows[block]]).clip(0, 1) * 255
        pictures[block] = scaled.round()
    return pictures


def _first_of_each(y: np.ndarray) -> np.ndarray:
    """The first row of every class, of at most 24 of them."""
    classes, firsts = np.unique(y, return_index=True)
    return firsts[classes >= 0][:_EXAMPLES]


def _spread_of(errors: np.ndarray) -> np.ndarray:
    """Rows with the smallest, the middle and the largest errors, an equal number of each."""
    order = np.argsort(errors, kind="stable")
    if len(order) <= _EXAMPLES:
        return order
    third = _EXAMPLES // 3
    middle = (len(order) - third) // 2
    return np.concatenate([order[:third], order[middle : middle + third], order[-third:]])


def _plane(train: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """The first two principal components of codes, fitted on those of the training samples."""
    if train.shape[1] < 2 or len(train) < 2:
        return np.column_stack([codes[:, 0], np.zeros(len(codes))]).astype(np.float32)
    with warnings.catch_warnings():
        # Constant codes have no variance to explain; that is said elsewhere.
        warnings.simplefilter("ignore", RuntimeWarning)
        fitted = PCA(2, svd_solver="covariance_eigh").fit(train)
    plane: np.ndarray = fitted.transform(codes).astype(np.float32)
    return plane


def _tsne(codes: np.ndarray, seed: int) -> np.ndarray:
    """A map by openTSNE at perplexity 30, started from the first two principal components."""
    from openTSNE import TSNE

    codes = np.asarray(codes, dtype=np.float64)
    if codes.shape[1] == 1:
        codes = np.column_stack([codes, np.zeros(len(codes))])
    # Equal points leave t-SNE without a scale; a breath of noise gives it one.
    spread = float(codes.std()) or 1.0
    codes = codes + np.random.default_rng(seed).normal(scale=1e-6 * spread, size=codes.shape)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        jobs = -1 if len(codes) > _ROWS_FOR_ALL_CORES else 1
        perplexity = min(30, (len(codes) - 1) / 3)
        map_ = TSNE(perplexity=perplexity, n_jobs=jobs, random_state=seed).fit(codes)
    return np.asarray(map_, dtype=np.float32)
