import numpy as np
import pytest
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial.distance import cdist
from sklearn.datasets import make_moons

from latens.exceptions import DataError
from latens.metrics import dbcv_score, silhouette_score


def _by_definition(Z, labels, noise=-1):
    """The formulas of the paper, on matrices of all distances."""
    clusters = [k for k in np.unique(labels) if k != noise and (labels == k).sum() > 1]
    cores, inner, thinnest = np.zeros(len(Z)), np.zeros(len(Z), dtype=bool), []
    for k in clusters:
        rows = np.flatnonzero(labels == k)
        distances = cdist(Z[rows], Z[rows])
        with np.errstate(divide="ignore"):
            inverse = (1 / distances) ** Z.shape[1]
        np.fill_diagonal(inverse, 0)
        cores[rows] = (inverse.sum(axis=1) / (len(rows) - 1)) ** (-1 / Z.shape[1])
        reach = np.maximum(distances, np.maximum(cores[rows, None], cores[rows]))
        # By ranks, so that pairs with the same reach are told apart by their distances.
        ranks = np.empty(reach.size)
        ranks[np.lexsort([distances.ravel(), reach.ravel()])] = np.arange(1, reach.size + 1)
        ranks = np.triu(ranks.reshape(reach.shape), 1)
        tree = (minimum_spanning_tree(ranks).toarray() > 0) * reach
        tree += tree.T
        is_inner = (tree > 0).sum(axis=1) > 1
        edges = tree[np.ix_(is_inner, is_inner)]
        thinnest.append(edges.max() if edges.any() else tree.max())
        inner[rows[is_inner if is_inner.any() else slice(None)]] = True
    score = 0.0
    for position, k in enumerate(clusters):
        mine = np.flatnonzero((labels == k) & inner)
        others = np.flatnonzero((labels != k) & np.isin(labels, clusters) & inner)
        between = np.maximum(
            cdist(Z[mine], Z[others]), np.maximum(cores[mine, None], cores[others])
        )
        gap, inside = between.min(), thinnest[position]
        score += (labels == k).sum() * (gap - inside) / max(gap, inside)
    return score / len(Z)


@pytest.mark.parametrize("seed", range(12))
def test_the_score_is_the_definition(seed):
    rng = np.random.default_rng(seed)
    n, d = int(rng.integers(8, 120)), int(rng.integers(1, 5))
    labels = rng.permutation(np.arange(n) % 4) - 1
    Z = rng.normal(size=(n, d)) + 1.5 * labels[:, None]
    expected = _by_definition(Z, labels)
    assert dbcv_score(Z, labels) == pytest.approx(expected, rel=1e-6)
    order = rng.permutation(n)
    moved = dbcv_score(1e150 * (Z[order] - 3), labels[order])
    assert moved == pytest.approx(expected, rel=1e-6)


def test_clusters_of_one_and_the_same_point_are_neither_apart_nor_within():
    assert dbcv_score(np.ones((6, 2)), [0, 0, 0, 1, 1, 1]) == 0


def test_the_score_sees_shapes_that_the_silhouette_does_not():
    Z, moons = make_moons(300, noise=0.04, random_state=0)
    halves = (Z[:, 0] > 0.5).astype(int)
    assert silhouette_score(Z, halves) > silhouette_score(Z, moons)
    assert dbcv_score(Z, moons) > 0.1 > -0.1 > dbcv_score(Z, halves)


def test_noise_costs_its_share(rng):
    labels = np.repeat([0, 1], 50)
    Z = rng.normal(size=(100, 2)) + 50 * labels[:, None]
    alone = dbcv_score(Z, labels)
    noisy = np.concatenate([Z, rng.uniform(0, 50, (100, 2))])
    marked = np.concatenate([labels, np.full(100, -1)])
    assert dbcv_score(noisy, marked) == pytest.approx(alone / 2)
    named = np.array(["a", "b", "?"])[marked]
    assert dbcv_score(noisy, named, noise="?") == pytest.approx(alone / 2)


def test_many_dimensions_do_not_overflow(rng):
    labels = np.repeat([0, 1], 40)
    Z = rng.normal(size=(80, 1000)) + 9 * labels[:, None]
    assert 0 < dbcv_score(Z, labels) < 1


def test_doubles_are_no_obstacle():
    Z = np.array([[0.0], [0], [0], [1], [9], [9], [9], [9]])
    assert dbcv_score(Z, np.repeat([0, 1], 4)) > 0.9


@pytest.mark.parametrize("labels", [[0, 0, 0, 0], [0, 0, -1, -1], [0, 0, 1, 2]])
def test_fewer_than_two_clusters_cannot_be_scored(labels):
    with pytest.raises(DataError, match=r"at least 2 clusters of 2 or more points\. Got 1"):
        dbcv_score(np.arange(4.0)[:, None], labels)


def test_two_points_are_a_cluster_of_one_edge():
    """Their cores are their distance; 4 apart between, 1 and 2 inside."""
    Z = np.array([[0.0], [1.0], [5.0], [7.0]])
    expected = (2 * (4 - 1) / 4 + 2 * (4 - 2) / 4) / 4
    assert dbcv_score(Z, [0, 0, 1, 1]) == pytest.approx(expected)


def test_leaves_count_neither_inside_nor_between():
    """Of three points in a row the middle one is inner; the tree is a path of two edges."""
    Z = np.array([[0.0], [1.0], [2.5], [20.0], [21.0], [23.0]])
    labels = np.repeat([0, 1], 3)
    assert dbcv_score(Z, labels) == pytest.approx(_by_definition(Z, labels))


@pytest.mark.parametrize("k", [2, 3, 6])
def test_every_cluster_is_held_against_its_nearest(rng, k):
    labels = np.repeat(np.arange(k), 25)
    Z = rng.normal(size=(25 * k, 2)) * (1 + labels[:, None] / 2) + 15.0 * labels[:, None] ** 1.5
    assert dbcv_score(Z, labels) == pytest.approx(_by_definition(Z, labels), rel=1e-6)
    assert dbcv_score(Z[::-1], labels[::-1]) == pytest.approx(_by_definition(Z, labels), rel=1e-6)


def test_blocks_change_nothing(rng, monkeypatch):
    labels = np.repeat([0, 1, 2], 60)
    Z = rng.normal(size=(180, 3)) + 5 * labels[:, None]
    whole = dbcv_score(Z, labels)
    monkeypatch.setitem(dbcv_score.__globals__, "_TILE_BYTES", 7 * 8 * 60)
    assert dbcv_score(Z, labels) == pytest.approx(whole, rel=1e-12)
