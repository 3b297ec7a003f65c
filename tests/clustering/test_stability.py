import numpy as np
import pytest
from sklearn.datasets import make_blobs

from latens.clustering.stability import Stabilities, stability
from latens.exceptions import DataError, ParameterError


def test_groups_that_are_there_come_back_and_others_do_not():
    Z, _ = make_blobs(150, centers=[[0, 0], [20, 0], [7, 15]], random_state=0)
    found = stability(Z, range(2, 7), n_resamples=5, random_state=0)
    assert found.best == 3
    assert found.means[1] == 1
    assert found.means[3:].max() < 0.9


def test_cuts_through_an_even_cloud_agree_little(rng):
    cloud = rng.normal(size=(300, 8))
    found = stability(cloud, [5], n_resamples=5, random_state=0)
    assert found.agreements.shape == (1, 5)
    assert -0.5 <= found.agreements.min() <= found.means[0] < 0.6


def test_scale_and_shift_mean_nothing(rng):
    Z = rng.normal(size=(80, 2))
    before = stability(Z, [2, 3], n_resamples=3, random_state=0)
    after = stability(1e6 * Z + 4, [2, 3], n_resamples=3, random_state=0)
    np.testing.assert_allclose(after.means, before.means, atol=0.02)


def test_the_seed_makes_it_reproducible(rng):
    Z = rng.normal(size=(60, 2))
    first, again = (stability(Z, [2], n_resamples=3, random_state=5) for _ in range(2))
    assert np.array_equal(first.agreements, again.agreements)


def test_each_resample_is_the_same_however_many_there_are(rng):
    Z = rng.normal(size=(20, 2))
    one, three = (stability(Z, [2, 10], n_resamples=n, random_state=5) for n in (1, 3))
    assert one.agreements.shape == (2, 1)
    np.testing.assert_array_equal(one.agreements[:, 0], three.agreements[:, 0])


def test_the_largest_of_equally_stable_numbers_is_best():
    assert Stabilities((2, 3, 4), np.array([[1.0, 1.0], [1.0, 1.0], [0.5, 1.0]])).best == 3


def test_what_cannot_be_done_is_refused():
    Z = np.arange(8.0)[:, None]
    with pytest.raises(ParameterError, match=r"'ks' parameter of stability .*half .*samples, 4"):
        stability(Z, [5])
    with pytest.raises(ParameterError, match="'n_resamples' parameter of stability"):
        stability(Z, [2], n_resamples=0)
    with pytest.raises(DataError, match="finite"):
        stability(np.full((8, 1), np.nan), [2])
