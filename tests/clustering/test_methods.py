import numpy as np
import pytest
from sklearn.datasets import make_blobs, make_moons
from sklearn.metrics import adjusted_rand_score

from latens.clustering import CLUSTERERS, cluster
from latens.exceptions import DataError, ParameterError


@pytest.mark.parametrize("method", CLUSTERERS)
def test_every_method_finds_groups_that_stand_apart(method):
    Z, y = make_blobs(300, centers=[[0, 0], [9, 0], [0, 9]], cluster_std=0.5, random_state=0)
    k = 3 if CLUSTERERS[method].takes_k else None
    labels = cluster(Z, method, k, random_state=0)
    assert labels.shape == (300,)
    assert labels.dtype == np.intp
    found = labels >= 0  # dense groups leave a few points out
    assert found.mean() > 0.9
    assert adjusted_rand_score(y[found], labels[found]) == 1


@pytest.mark.parametrize("method", CLUSTERERS)
@pytest.mark.parametrize("n", [1, 2, 3, 12])
def test_no_number_of_points_is_too_small(method, n, rng):
    Z = rng.normal(size=(n, 2))
    if not CLUSTERERS[method].takes_k:
        found = cluster(Z, method)
        assert found.shape == (n,)
        assert n > 1 or found.tolist() == [-1]  # noise
        return
    assert not cluster(Z, method, 1).any()
    assert sorted(cluster(Z, method, n, random_state=0)) == list(range(n))


def test_methods_differ_in_what_they_find():
    Z, y = make_moons(400, noise=0.03, random_state=0)
    by_method = {
        method: adjusted_rand_score(y, cluster(Z, method, 2, random_state=0))
        for method in ("spectral", "kmeans")
    }
    assert by_method["spectral"] > 0.95 > 0.5 > by_method["kmeans"]
    assert adjusted_rand_score(y, cluster(Z, "hdbscan")) > 0.95


def test_the_seed_decides(rng):
    Z = rng.normal(size=(300, 2))
    first, again, other = (cluster(Z, "gaussian-mixture", 4, random_state=s) for s in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("method", ["spectral", "agglomerative", "hdbscan"])
def test_more_points_than_a_method_can_take_are_refused_at_once(method):
    limit = CLUSTERERS[method].max_samples
    k = 2 if CLUSTERERS[method].takes_k else None
    with pytest.raises(DataError, match=rf"at most {limit:,} points.*Got {limit + 1:,}.*'kmeans'"):
        cluster(np.zeros((limit + 1, 1)), method, k)


@pytest.mark.parametrize(
    ("method", "k", "words"),
    [
        ("dbscan", 2, "'method' parameter of cluster must be one of 'kmeans'"),
        ("kmeans", None, "'k' parameter of cluster must be given .* choose_k"),
        ("kmeans", 0, r"integer in \[1, 5\]. Got 0"),
        ("kmeans", 6, r"integer in \[1, 5\]. Got 6"),
        ("hdbscan", 2, "'k' parameter of cluster must be None"),
    ],
)
def test_illegal_calls_are_named(method, k, words, rng):
    with pytest.raises(ParameterError, match=words):
        cluster(rng.normal(size=(5, 2)), method, k)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_values_that_are_not_finite_are_refused(bad):
    with pytest.raises(DataError, match="Row 1 has NaN or infinity"):
        cluster([[0.0], [bad], [1.0]], "agglomerative", 2)


def test_the_frame_adds_nothing_to_what_scikit_learn_finds(rng):
    """Groups that run into each other, so that every setting counts."""
    from sklearn.cluster import HDBSCAN, AgglomerativeClustering, SpectralClustering
    from sklearn.metrics import adjusted_rand_score
    from sklearn.mixture import GaussianMixture

    Z = rng.normal(size=(240, 2)) + 2.5 * (np.arange(240)[:, None] % 3)
    theirs = {
        "gaussian-mixture": GaussianMixture(3, random_state=1),
        "hdbscan": HDBSCAN(min_cluster_size=15, copy=True),
        "spectral": SpectralClustering(
            3, affinity="nearest_neighbors", n_neighbors=10, random_state=1
        ),
        "agglomerative": AgglomerativeClustering(3),
    }
    for method, estimator in theirs.items():
        ours = cluster(Z, method, None if method == "hdbscan" else 3, random_state=1)
        assert adjusted_rand_score(ours, estimator.fit_predict(Z)) == 1, method
        assert 1 < len(set(ours)) <= 4
