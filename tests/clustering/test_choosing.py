import numpy as np
import pytest
from sklearn.datasets import load_digits, make_blobs
from sklearn.metrics import (
    adjusted_rand_score,
    calinski_harabasz_score,
    davies_bouldin_score,
    silhouette_score,
)

from latens.clustering import KMeans, choose_k
from latens.clustering.choosing import CRITERIA
from latens.clustering.gap import gap_statistic
from latens.clustering.stability import stability
from latens.exceptions import DataError, ParameterError


@pytest.mark.parametrize("k", [2, 4, 7])
def test_it_finds_the_number_of_groups_that_stand_apart(k):
    angles = 2 * np.pi * np.arange(k) / k
    centers = 20 * np.column_stack([np.cos(angles), np.sin(angles)])
    Z, y = make_blobs(60 * k, centers=centers, random_state=0)
    chosen = choose_k(Z, random_state=0)
    assert chosen.best == k
    assert adjusted_rand_score(chosen.labels, y) == 1
    assert chosen.silhouettes.argmax() == k - 2


def test_every_k_has_the_labels_inertia_and_silhouette_of_kmeans():
    Z = load_digits().data[:500]
    chosen = choose_k(Z, [5, 3], n_init=2, random_state=7)
    assert chosen.ks == (5, 3)
    for position, k in enumerate(chosen.ks):
        model = KMeans(k, n_init=2, random_state=7).fit(Z)
        assert np.array_equal(chosen.labelings[position], model.labels_)
        assert chosen.inertias[position] == model.inertia_
        expected = silhouette_score(Z, model.labels_)
        assert chosen.silhouettes[position] == pytest.approx(expected)
    assert chosen.best in (3, 5)
    assert np.array_equal(chosen.labels, chosen.labelings[chosen.ks.index(chosen.best)])


def test_silhouettes_of_a_subset_come_near_those_of_all():
    Z = load_digits().data
    full = choose_k(Z, [4, 8], n_init=1, random_state=0)
    part = choose_k(Z, [4, 8], n_init=1, random_state=0, max_samples=600)
    assert len(full.scored) == len(Z)
    assert len(part.scored) == len(set(part.scored)) == 600
    assert np.array_equal(part.labelings, full.labelings)
    np.testing.assert_allclose(part.silhouettes, full.silhouettes, atol=0.02)
    for labels, score in zip(part.labelings, part.silhouettes, strict=True):
        expected = silhouette_score(Z[part.scored], labels[part.scored])
        assert score == pytest.approx(expected)


def test_a_cluster_that_the_subset_misses_is_represented(rng):
    Z = rng.normal(size=(3000, 2))
    Z[1234] = 1e3  # a cluster of its own, and the subset of 20 is unlikely to hold it
    chosen = choose_k(Z, [2], random_state=0, max_samples=20)
    assert 1234 in chosen.scored
    assert len(chosen.scored) == 21


def test_the_seed_makes_it_reproducible():
    Z = load_digits().data[:300]
    first, again = (choose_k(Z, [2, 3], random_state=3, max_samples=99) for _ in range(2))
    assert np.array_equal(first.labelings, again.labelings)
    assert np.array_equal(first.scored, again.scored)


def test_every_criterion_says_what_its_own_function_says():
    Z = load_digits().data[:300]
    chosen = choose_k(Z, [4, 2, 6], criteria=CRITERIA, n_init=2, random_state=1)
    values = {one.name: one.values for one in chosen.criteria}
    assert tuple(values) == CRITERIA
    for name, score in [
        ("calinski_harabasz", calinski_harabasz_score),
        ("davies_bouldin", davies_bouldin_score),
    ]:
        expected = [score(Z, labels) for labels in chosen.labelings]
        np.testing.assert_allclose(values[name], expected, rtol=1e-6)
    assert np.array_equal(values["gap"], gap_statistic(Z, [4, 2, 6], random_state=1).gaps)
    assert np.array_equal(values["stability"], stability(Z, [4, 2, 6], random_state=1).means)


def test_criteria_agree_where_groups_are_plain_and_dissent_where_not():
    Z, _ = make_blobs(200, centers=[[0, 0], [20, 0], [7, 15]], random_state=0)
    plain = choose_k(Z, range(2, 6), criteria=CRITERIA, random_state=0)
    assert [one.best for one in plain.criteria] == [3] * 5
    assert plain.dissenting == ()
    # Two groups of two: which level counts is a matter of taste.
    centers = [[0, 0], [4, 0], [30, 0], [34, 0]]
    Z, _ = make_blobs(200, centers=centers, cluster_std=0.7, random_state=0)
    nested = choose_k(Z, range(2, 6), random_state=0)
    assert nested.best == 2
    assert {one.name: one.best for one in nested.dissenting} == {"calinski_harabasz": 4}


def test_the_silhouette_is_asked_whether_it_is_named_or_not():
    Z = load_digits().data[:100]
    chosen = choose_k(Z, [2, 3], criteria=("davies_bouldin",), n_init=1, random_state=0)
    assert [one.name for one in chosen.criteria] == ["silhouette", "davies_bouldin"]
    assert chosen.best == chosen.criteria[0].best


@pytest.mark.parametrize("criteria", [(), "silhouette", ("elbow",), (3,), None])
def test_unknown_criteria_are_refused(criteria):
    with pytest.raises(ParameterError, match=r"'criteria' parameter of choose_k .*'stability'"):
        choose_k(np.arange(10.0).reshape(5, 2), [2], criteria=criteria)


@pytest.mark.parametrize(
    ("ks", "words"),
    [
        ([], "at least one"),
        (4, "at least one"),
        ([1], "Got 1 "),
        ([2.5], "Got 2.5 "),
        ([5], "minus 1, 4. Got 5 "),
    ],
)
def test_impossible_numbers_are_refused(ks, words):
    with pytest.raises(ParameterError, match=f"'ks' parameter of choose_k .*{words}"):
        choose_k(np.arange(10.0).reshape(5, 2), ks)


def test_one_point_repeated_has_no_clusters():
    with pytest.raises(DataError, match="one point, repeated"):
        choose_k(np.ones((20, 3)))
