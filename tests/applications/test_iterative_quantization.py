import numpy as np
import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from latens.applications import IterativeQuantization
from latens.exceptions import ParameterError


@parametrize_with_checks([IterativeQuantization(1, max_iter=3)])
def test_scikit_learn_checks(estimator, check):
    check(estimator)


def loss(model, X):
    """The mean squared distance of the rotated components from their signs."""
    rotated = (X - model.mean_) @ model.rotation_
    return np.square(np.where(rotated > 0, 1, -1) - rotated).mean()


def test_corners_of_a_rotated_cube_are_found(rng):
    bits = rng.integers(0, 2, (800, 6))
    rotation, _ = np.linalg.qr(rng.normal(size=(9, 9)))
    X = (2.0 * bits - 1) @ rotation[:6] + 0.02 * rng.normal(size=(800, 9))
    found = min(
        (IterativeQuantization(6, random_state=seed).fit(X) for seed in range(5)),
        key=lambda model: loss(model, X),
    ).transform(X)
    # Each found bit is one of the true ones, or its opposite.
    agreement = np.abs((2 * found - 1).T @ (2 * bits - 1)) / 800
    np.testing.assert_allclose(agreement.max(axis=1), 1, atol=0.02)
    assert len(set(agreement.argmax(axis=1))) == 6


def test_more_turns_lose_less(rng):
    X = rng.normal(size=(500, 12)) * np.linspace(2, 0.5, 12)
    losses = [
        loss(IterativeQuantization(8, max_iter=n, random_state=0).fit(X), X) for n in (1, 5, 50)
    ]
    assert losses[0] > losses[1] >= losses[2]


def test_rotations_keep_lengths(rng):
    model = IterativeQuantization(5, random_state=0).fit(rng.normal(size=(50, 7)))
    np.testing.assert_allclose(model.rotation_.T @ model.rotation_, np.eye(5), atol=1e-12)


def test_more_bits_than_features_are_refused(rng):
    with pytest.raises(ParameterError, match="at most the number of features, 7"):
        IterativeQuantization(8).fit(rng.normal(size=(50, 7)))
    with pytest.raises(ParameterError, match="The 'n_bits' parameter of IterativeQuantization"):
        IterativeQuantization(0).fit(rng.normal(size=(50, 7)))
