"""What PCA keeps is what it reconstructs."""

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA

from latens.runs import KeptVariance
from latens.studies.representations import Representation, variance_kept


def raw(X: np.ndarray, n_train: int) -> Representation:
    return Representation("raw", "raw", "raw", X.shape[1], X[:n_train], X[n_train:])


def test_shares_are_the_errors_of_reconstructions_of_held_out_samples() -> None:
    X = load_digits().data.astype(np.float32) / 16
    found = variance_kept(raw(X, 1200), seed=0)
    total, shares = found.total, np.cumsum(found.shares)
    for numbers in (1, 10, 30):
        pca = PCA(numbers, svd_solver="full").fit(X[:1200])
        test = X[1200:]
        error = np.square(pca.inverse_transform(pca.transform(test)) - test).mean()
        assert 1 - error / total == pytest.approx(shares[numbers - 1], abs=2e-3)
    assert shares[-1] == pytest.approx(1, abs=1e-3)


def test_equal_samples_have_nothing_to_keep() -> None:
    found = variance_kept(raw(np.ones((20, 3), np.float32), 10), seed=0)
    assert found == KeptVariance(total=0.0, shares=[0.0, 0.0, 0.0])
