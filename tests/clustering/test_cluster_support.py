import numpy as np
import pytest
from scipy.stats import binom, combine_pvalues

from latens.clustering import KMeans
from latens.clustering.cluster_support import (
    Support,
    _between,
    _gap,
    _gaps,
    _jaccard,
    _neighbors,
    weigh,
)


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


def test_a_gap_is_the_least_density_of_its_places_as_a_share_of_the_lesser_core():
    """Cores reach a quarter to either side of 0 and 1; the gap is looked for in four places."""
    first, second = np.linspace(-0.2, 0.2, 40), np.linspace(0.8, 1.2, 60)
    between = np.array([0.26, 0.3, 0.4, 0.45, 0.5, 0.6, 0.7])
    density, p_value = _gap(np.concatenate([first, second, between]))
    # As many points as in a core of 40 over a half: 40 in places of a half, 20 in one of a quarter.
    counts = {(0.25, 0.75): 7, (0.375, 0.625): 4, (0.25, 0.5): 5, (0.5, 0.75): 3}
    densities, chances = [], []
    for (low, high), count in counts.items():
        width = (high - low) / 0.5
        densities.append(count / width / 40)
        chances.append(binom.cdf(count, count + 40, width / (1 + width)))
    assert density == pytest.approx(min(densities))
    assert p_value == pytest.approx(4 * min(chances))


def test_points_without_a_core_have_no_gap_and_a_p_value_is_none_above_one():
    assert _gap(np.array([0.0, 0.1, 0.5])) == (np.inf, 1.0)
    assert _gap(np.array([0.5, 1.0, 1.1])) == (np.inf, 1.0)
    even = np.linspace(-0.25, 1.25, 601)
    density, p_value = _gap(even)
    assert density == pytest.approx(1, abs=0.05)
    assert p_value == 1.0


def test_gaps_are_put_together_by_fishers_method_and_groups_without_one_are_joined(rng):
    deep = np.concatenate([rng.normal(0, 0.08, 60), rng.normal(1, 0.08, 60), [0.4, 0.6]])
    none = rng.uniform(-0.3, 1.3, 400)
    pairs = [(0, 1), (1, 2), (2, 3)]
    found = _gaps(5, pairs, [deep, none, deep], 0.9)
    of_deep, of_none = _gap(deep), _gap(none)
    assert of_none[0] > 0.75 > of_deep[0]
    assert found.density == of_none[0]
    p_values = [of_deep[1], of_none[1], of_deep[1]]
    assert found.p_value == pytest.approx(combine_pvalues(p_values).pvalue)
    assert found.groups == 4  # of five, 1 and 2 are one
    assert (found.k, found.returning) == (5, 0.9)
    assert _gaps(3, [(0, 1), (1, 2)], [none, none], 0.9).groups == 1
    assert _gaps(2, [(0, 1)], [deep], 0.9).groups == 2


def test_places_are_shares_of_the_way_from_one_center_to_the_other():
    centers = np.array([[1.0, 1.0], [4.0, 5.0], [99.0, 99.0]])
    points = np.array([[1.0, 1.0], [4.0, 5.0], [2.5, 3.0], [-0.5, -1.0], [5.0, -2.0], [99.0, 0.0]])
    labels = np.array([0, 1, 0, 0, 1, 2])
    np.testing.assert_allclose(_between(points, labels, centers, (0, 1)), [0, 1, 0.5, -0.5, 0])
    np.testing.assert_allclose(_between(points, labels, centers, (1, 0)), [1, 0, 0.5, 1.5, 1])


def test_jaccard_is_what_two_clusters_share_of_what_either_has():
    first, second = np.array([0, 0, 0, 1, 1, 2]), np.array([1, 1, 0, 0, 0, 0])
    expected = [[1 / 6, 2 / 3, 0], [2 / 4, 0, 0], [1 / 4, 0, 0]]
    np.testing.assert_allclose(_jaccard(first, second, 3), expected)


def test_neighbors_are_the_nearest_center_and_the_one_that_most_points_have_next():
    """In a row 0, 1 and 2; 3 far off, whose points, and no others, have 2 next."""
    centers = np.array([[0.0], [10.0], [21.0], [60.0]])
    points = np.array([[0.0], [0.5], [9.0], [10.0], [11.0], [20.0], [21.0], [60.0]])
    labels = np.array([0, 0, 1, 1, 1, 2, 2, 3])
    assert _neighbors(points, labels, centers) == [(0, 1), (1, 2), (2, 3)]
    # Two clusters whose centers are not the nearest, but at whose border most points lie.
    centers = np.array([[0.0, 0.0], [10.0, 0.0], [4.0, 9.0]])
    assert _neighbors(centers, np.arange(3), centers) == [(0, 1), (0, 2)]


@pytest.mark.parametrize(
    ("returning", "density", "p_value", "comes_back", "stands_apart"),
    [
        (0.75, 0.74, 0.009, True, True),
        (0.74, 0.75, 0.009, False, False),
        (0.9, 0.2, 0.01, True, False),
        (np.nan, 0.2, 0.001, False, True),
    ],
)
def test_what_a_support_says(returning, density, p_value, comes_back, stands_apart):
    found = Support(3, returning, density, p_value, 2)
    assert found.comes_back == comes_back
    assert found.stands_apart == stands_apart


def test_the_share_that_returns_is_the_median_of_the_cluster_that_returns_least(rng):
    centers = np.array([[0.0, 0], [20, 0], [0, 20]])
    Z = np.repeat(centers, 50, axis=0) + rng.normal(size=(150, 2))
    labels = np.repeat([0, 1, 2], 50)
    assert weigh(Z, labels, 3, seed=0).returning == 1
    # A tenth of the points of one cluster are called by another's name.
    wrong = labels.copy()
    wrong[:5] = 1
    found = weigh(Z, wrong, 3, seed=0)
    assert found.returning == pytest.approx(45 / 50) or found.returning == pytest.approx(50 / 55)


def test_where_a_part_leaves_fewer_points_than_clusters_nothing_is_fitted_to_the_rest(recwarn):
    points = np.array([[0.0, 1.0]] * 9 + [[5.0, 7.0]])
    assert weigh(points, np.repeat([0, 1], [9, 1]), 2, seed=0).returning == pytest.approx(1.0)
    assert not len(recwarn)


def test_a_cluster_of_one_point_is_found_again_by_that_point():
    assert _jaccard(np.array([0, 1, 1]), np.array([0, 1, 1]), 2).tolist() == [[1, 0], [0, 1]]


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("gap", [(0.25, 0.75), (0.375, 0.625), (0.25, 0.5), (0.5, 0.75)])
def test_the_deepest_gap_is_found_wherever_it_lies(seed, gap):
    """Even points, fewer of them in one of the four places that are looked at."""
    places = np.random.default_rng(seed).uniform(-0.4, 1.4, 900)
    inside = (places > gap[0]) & (places < gap[1])
    places = places[~inside | (np.arange(900) % 5 == 0)]
    core = min((np.abs(places) < 0.25).sum(), (np.abs(places - 1) < 0.25).sum())
    densities, chances = [], []
    for low, high in ((0.25, 0.75), (0.375, 0.625), (0.25, 0.5), (0.5, 0.75)):
        count, width = ((places >= low) & (places <= high)).sum(), (high - low) / 0.5
        densities.append(count / width / core)
        chances.append(binom.cdf(count, count + core, width / (1 + width)))
    density, p_value = _gap(places)
    assert density == pytest.approx(min(densities))
    assert p_value == pytest.approx(min(1.0, 4 * min(chances)))


def test_it_is_the_given_clusters_that_have_to_return_and_not_those_that_are_found(rng):
    """Groups A, B and C come back; what was given is A in two parts, of .3 and .7, and B with C."""
    centers = np.array([[0.0, 0], [60, 0], [0, 60]]).repeat([1000, 600, 400], axis=0)
    Z = centers + rng.normal(size=(2000, 2))
    labels = np.repeat([0, 1, 2], [300, 700, 1000])
    Z[:300, 0] -= 3.5
    Z[300:1000, 0] += 3.5
    found = weigh(Z, labels, 3, seed=0)
    # A itself is found with .7 and C with .4; the part of .3 is what returns least.
    assert found.returning == pytest.approx(0.3, abs=0.02)


def test_clusters_that_are_missing_on_both_sides_share_nothing():
    found = _jaccard(np.array([0, 0, 1]), np.array([0, 0, 1]), 3)
    assert found.tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 0]]
