"""The arrays behind the pictures of a run, of the first seed."""

import numpy as np

from latens._seeds import derive
from latens.models import BaseAutoencoder
from latens.runs import PicturedLayer, Run, array_names
from latens.studies.filters import look_inside
from latens.studies.inspection import draws_of_codes
from latens.studies.preparation import Prepared
from latens.studies.representations import Representation

__all__ = ["write_codes", "write_examples", "write_generated", "write_layers"]

_EXAMPLES, _GENERATED = 24, 24
_LOOKED_AT = 1_000
_DRAW_STREAM, _GENERATION_STREAM = 10, 11


def write_codes(
    run: Run, data: Prepared, representation: Representation, model: BaseAutoencoder, seed: int
) -> None:
    """Write a model's codes of the scored rows, and draws of its posteriors where it has them."""
    name = representation.name
    run.write_array(array_names.codes(name, "train"), representation.train)
    run.write_array(array_names.codes(name), representation.test)
    draws = draws_of_codes(model, data.test.X[data.scored_test], derive(seed, _DRAW_STREAM))
    if draws is not None:
        run.write_array(array_names.draws(name), draws)


def write_generated(run: Run, name: str, model: BaseAutoencoder, seed: int) -> None:
    """Write new samples of a model."""
    stream = derive(seed, _GENERATION_STREAM) % 2**31
    run.write_array(array_names.generated(name), model.sample(_GENERATED, random_state=stream))


def write_layers(
    run: Run, data: Prepared, name: str, model: BaseAutoencoder
) -> list[PicturedLayer]:
    """Write filters and patches of an encoder's layers; return what results.json says of them."""
    some = data.scored_test[:: -(-len(data.scored_test) // _LOOKED_AT)]
    layers = look_inside(model, data.test.X[some])
    for layer in layers:
        run.write_array(array_names.filters(name, layer.name), layer.filters)
        run.write_array(array_names.patches(name, layer.name), layer.patches)
    return [layer.record() for layer in layers]


def write_examples(
    run: Run, data: Prepared, representations: list[Representation], order_by: str
) -> None:
    """Write held-out samples and how each representation reconstructs them: best, middle and worst.

    Parameters
    ----------
    run : Run
    data : Prepared
    representations : list of Representation
        Those that cannot reconstruct are left out.
    order_by : str
        The representation whose errors decide which samples are shown.
    """
    X = data.test.X[data.scored_test]
    truth = data.scaling.apply(X.reshape(len(X), -1))
    reconstructed = {one.name: one.rebuild(X) for one in representations if one.rebuild is not None}
    errors = {}
    for name, rows in reconstructed.items():
        difference = data.scaling.apply(rows.reshape(len(X), -1)) - truth
        errors[name] = np.square(difference).mean(axis=1).astype(np.float32)
        run.write_array(array_names.errors(name), errors[name])
    shown = _spread_of(errors[order_by])
    run.write_array(array_names.EXAMPLE_ROWS, data.places(data.scored_test[shown]))
    run.write_array(array_names.originals(), X[shown])
    for name, rows in reconstructed.items():
        run.write_array(array_names.examples(name), rows[shown])
    if data.test.y is not None:
        firsts = _first_of_each(data.test.y[data.scored_test])
        run.write_array(array_names.CLASS_ROWS, data.places(data.scored_test[firsts]))
        run.write_array(array_names.originals("class_examples"), X[firsts])
        for name, rows in reconstructed.items():
            run.write_array(array_names.examples(name, "class_examples"), rows[firsts])


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
