"""The Fréchet distance, by closed forms and invariances."""

import numpy as np
import pytest

from latens.exceptions import DataError
from latens.metrics import frechet_distance, gaussian_frechet_distance


def with_moments(rng, mean, covariance, n=200):
    """A set with exactly this mean and covariance."""
    X = rng.normal(size=(n, len(mean)))
    X -= X.mean(axis=0)
    white = X @ np.linalg.inv(np.linalg.cholesky(np.cov(X.T))).T
    return white @ np.linalg.cholesky(np.asarray(covariance)).T + mean


def test_commuting_gaussians_have_the_distance_of_their_spreads(rng):
    a = with_moments(rng, [0.0, 1.0], np.diag([1.0, 4.0]))
    b = with_moments(rng, [3.0, 1.0], np.diag([9.0, 4.0]))
    assert frechet_distance(a, b) == pytest.approx(3**2 + (3 - 1) ** 2, rel=1e-9)


def test_covariances_that_do_not_commute(rng):
    """In two dimensions the trace of a root is known: tr M^(1/2) = (tr M + 2 det M^(1/2))^(1/2)."""
    A, B = np.array([[2.0, 1.0], [1.0, 3.0]]), np.array([[5.0, -2.0], [-2.0, 1.0]])
    root = np.sqrt(np.trace(A @ B) + 2 * np.sqrt(np.linalg.det(A @ B)))
    expected = 1 + np.trace(A) + np.trace(B) - 2 * root
    a, b = with_moments(rng, [0.0, 0.0], A), with_moments(rng, [0.0, 1.0], B)
    assert frechet_distance(a, b) == pytest.approx(expected, rel=1e-9)
    assert gaussian_frechet_distance([0, 0], A, [0, 1], B) == pytest.approx(expected, rel=1e-12)


def test_a_set_is_at_distance_zero_of_itself_also_where_its_covariance_is_singular(rng):
    flat = rng.normal(size=(50, 2)) @ rng.normal(size=(2, 20))
    assert frechet_distance(flat, flat) == pytest.approx(0, abs=1e-10)
    assert frechet_distance(np.ones((5, 3)), np.ones((7, 3))) == 0
    assert frechet_distance(np.ones((5, 3)), np.full((7, 3), 2.0)) == pytest.approx(3)


def test_symmetry_shift_rotation_and_scale(rng):
    a, b = rng.normal(size=(60, 4)), 2 * rng.normal(size=(80, 4)) + 1
    distance = frechet_distance(a, b)
    rotation = np.linalg.qr(rng.normal(size=(4, 4)))[0]
    assert frechet_distance(b, a) == pytest.approx(distance)
    assert frechet_distance(a @ rotation + 1e4, b @ rotation + 1e4) == pytest.approx(distance)
    assert frechet_distance(1e150 * a, 1e150 * b) == pytest.approx(1e300 * distance)


@pytest.mark.parametrize(
    ("a", "b", "words"),
    [
        (np.ones((1, 2)), np.ones((3, 2)), "A must have at least 2 samples"),
        (np.ones((3, 2)), np.ones((3, 4)), "same number of features. Got 2 and 4"),
        (np.full((3, 2), np.nan), np.ones((3, 2)), "finite"),
    ],
)
def test_bad_input(a, b, words):
    with pytest.raises(DataError, match=words):
        frechet_distance(a, b)
