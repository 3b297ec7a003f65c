"""Samples that an estimator is given."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from latens.data.checked_samples import checked_samples
from latens.exceptions import DataError
from latens.models import Autoencoder
from latens.networks import MLP
from latens.training import Trainer

QUICK = Autoencoder(2, network=MLP((4,)), trainer=Trainer(max_epochs=1, callbacks=()))


@pytest.mark.parametrize(
    ("value", "word"), [(np.nan, "NaN"), (np.inf, "infinity"), (-np.inf, "infinity")]
)
def test_the_place_of_a_value_that_is_no_number_is_named(value, word, rng):
    X = rng.normal(size=(9, 3))
    X[4, 1] = X[7, 2] = value
    with pytest.raises(DataError, match=rf"contains {word}, first in row 4, column 1, .* 2 of its"):
        QUICK.fit(X)
    # Of a table, a missing cell is a gap; and what needs numbers alone says where there is none.
    table = pd.DataFrame(X, columns=["size", "age", "price"])
    with pytest.raises(DataError, match=rf"{word}, first in row 4, column 'age'"):
        checked_samples(clone(QUICK), table, reset=True)
    if word == "infinity":
        with pytest.raises(DataError, match="infinity, first in row 4, column 'age'"):
            clone(QUICK).fit(table)
    fitted = QUICK.fit(rng.normal(size=(9, 3)))
    with pytest.raises(DataError, match=rf"{word}, first in row 4, column 1"):
        fitted.transform(X)
    images = rng.random(size=(9, 4, 4))
    images[2, 3, 1] = value
    with pytest.raises(DataError, match=rf"{word}, first in sample 2 at \(3, 1\)"):
        QUICK.fit(images)


@pytest.mark.parametrize("size", [1e36, 1e38, 1e300])
def test_large_values_are_trained_on_and_scored(rng, size):
    X = rng.normal(size=(40, 3)) * size
    model = clone(QUICK).fit(X)
    assert np.isfinite(model.score_samples(X)).all()
    reconstructed = model.reconstruct(X)
    assert np.isfinite(reconstructed).all()
    # In the units of the data, and no worse than their mean.
    assert np.abs(reconstructed / size - X / size).mean() < 1.2 * np.abs(X / size).mean()


@pytest.mark.parametrize(
    "column",
    [
        ["u", "v"] * 20,
        pd.Categorical(["u", "v"] * 20),
        pd.date_range("2024", periods=40),
        [[1, 2]] * 40,
        pd.Series(["1,5"] * 40, dtype="string"),
    ],
)
def test_columns_that_are_no_numbers_are_named(rng, column):
    frame = pd.DataFrame(rng.normal(size=(40, 3)), columns=list("abc"))
    with pytest.raises(DataError, match="columns of X are not numbers: 'kind'"):
        checked_samples(clone(QUICK), frame.assign(kind=column), reset=True)
    # A neighbor: whole numbers and truth values are numbers.
    kinds = frame.assign(n=range(40), ok=[True, False] * 20)
    assert clone(QUICK).fit(kinds).n_features_in_ == 5
