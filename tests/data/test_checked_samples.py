"""Samples that an estimator is given."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

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
    with pytest.raises(DataError, match=rf"{word}, first in row 4, column 'age'"):
        QUICK.fit(pd.DataFrame(X, columns=["size", "age", "price"]))
    fitted = QUICK.fit(rng.normal(size=(9, 3)))
    with pytest.raises(DataError, match=rf"{word}, first in row 4, column 1"):
        fitted.transform(X)
    images = rng.random(size=(9, 4, 4))
    images[2, 3, 1] = value
    with pytest.raises(DataError, match=rf"{word}, first in sample 2 at \(3, 1\)"):
        QUICK.fit(images)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_values_beyond_what_networks_compute_with_are_refused(dtype, rng):
    X = rng.normal(size=(9, 3)).astype(dtype)
    fitted = QUICK.fit(X)
    X[5, 2] = -2e38
    for use in (clone(QUICK).fit, fitted.transform, fitted.score_samples):
        with pytest.raises(DataError, match=r"value -2e\+38 in row 5, column 2.*larger unit"):
            use(X)


def test_large_values_are_trained_on_and_scored(rng):
    X = rng.normal(size=(40, 3)) * 1e36
    model = QUICK.fit(X)
    assert np.isfinite(model.score_samples(X)).all()
    assert np.isfinite(model.reconstruct(X)).all()
