import numpy as np
import pytest

from latens.clustering import KMeans
from latens.clustering.support import weigh


def two_groups(rng, distance, n=400):
    Z = rng.normal(size=(n, 5))
    Z[: n // 2, 0] += distance
    return Z


def test_the_density_in_the_gap_is_that_of_the_normal_distribution(rng):
    # At the middle of two normal groups 6 apart there is 2 phi(3) / phi(0), averaged over a window.
    Z = two_groups(rng, 6, n=20_000)
    found = weigh(Z, np.repeat([1, 0], 10_000), 2, seed=0)
    grid = np.linspace(2.25, 3.75, 101)
    inside = np.mean(np.exp(-(grid**2) / 2) + np.exp(-((6 - grid) ** 2) / 2))
    core = np.mean(np.exp(-(np.linspace(-1.5, 1.5, 101) ** 2) / 2))
    assert found.density == pytest.approx(inside / core, rel=0.15)
    assert found.stands_apart
    assert found.comes_back


@pytest.mark.parametrize("dims", [2, 50])
def test_a_cut_through_a_cloud_is_no_gap(rng, dims):
    Z = rng.normal(size=(300, dims))
    labels = KMeans(2, n_init=3, random_state=0).fit(Z).labels_
    assert not weigh(Z, labels, 2, seed=0).stands_apart


def test_points_that_made_the_clusters_do_not_judge_them(rng):
    # In many dimensions the border of K-means passes where few of its own points are.
    Z = rng.normal(size=(100, 80))
    labels = KMeans(2, n_init=5, random_state=0).fit(Z).labels_
    first, second = (Z[labels == one].mean(axis=0) for one in (0, 1))
    places = (Z - first) @ (second - first) / np.square(second - first).sum()
    middle, core = (np.abs(places - 0.5) < 0.125).sum(), (np.abs(places) < 0.125).sum()
    assert middle < 0.5 * core
    assert not weigh(Z, labels, 2, seed=0).stands_apart


def test_halves_of_a_group_do_not_come_back(rng):
    Z = two_groups(rng, 30, n=200)
    labels = KMeans(3, n_init=3, random_state=0).fit(Z).labels_
    found = weigh(Z, labels, 3, seed=0)
    assert not (found.comes_back and found.stands_apart)


def test_labels_that_are_missing_are_no_clusters(rng):
    found = weigh(rng.normal(size=(30, 2)), np.repeat([0, 2], 15), 3, seed=0)
    assert not found.comes_back
    assert not found.stands_apart
