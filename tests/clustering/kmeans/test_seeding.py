import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist
from sklearn.cluster import kmeans_plusplus as reference

from latens.clustering.kmeans.center_bounds import Projection
from latens.clustering.kmeans.centered_data import CenteredData, Sample
from latens.clustering.kmeans.seeding import draw_points, kmeans_plus_plus
from latens.pairwise import ThreadPool

CPU = ThreadPool("cpu")


def _sample(X, weights=None):
    counts = np.ones(len(X)) if weights is None else weights
    return Sample.of(CenteredData(torch.from_numpy(X)), counts, CPU)


def _drawn(X, k, seed, weights=None):
    return draw_points(_sample(X, weights), k, np.random.default_rng(seed)).numpy()


def _spread(X, k, seed, weights=None):
    rngs = [np.random.default_rng(seed)]
    return kmeans_plus_plus(_sample(X, weights), k, rngs, CPU)[0].numpy()


def _spread_as_seen(X, k, seed, weights=None):
    sample, rngs = _sample(X, weights), [np.random.default_rng(seed)]
    projection = Projection.of(sample, CPU)
    assert projection is not None
    return kmeans_plus_plus(sample, k, rngs, CPU, projection)[0].numpy()


def _wide(rows, rng):
    """Rows turned into 200 features, near a space of as many dimensions as they have."""
    return rows @ rng.normal(size=(rows.shape[1], 200)) + rng.normal(size=(len(rows), 200))


STARTS = [_drawn, _spread]


def _as_set(rows):
    return {tuple(row) for row in rows.tolist()}


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("k", [1, 2, 10, 40])
def test_centers_are_different_points_of_the_data(start, k, rng):
    X = rng.normal(size=(40, 3))
    centers = start(X, k, 0)
    assert len(_as_set(centers)) == k
    assert _as_set(centers) <= _as_set(X)


@pytest.mark.parametrize("start", STARTS)
def test_the_order_of_the_rows_means_nothing(start, rng):
    X = rng.normal(size=(200, 5))
    for seed in range(10):
        permuted = X[rng.permutation(200)]
        assert np.array_equal(start(permuted, 6, seed), start(X, 6, seed))


def test_a_weight_of_three_is_three_points(rng):
    X = rng.normal(size=(50, 4))
    weights = rng.integers(0, 4, 50)
    for seed in range(10):
        weighted = _spread(X, 6, seed, weights.astype(float))
        repeated = _spread(np.repeat(X, weights, axis=0), 6, seed)
        assert np.array_equal(weighted, repeated)


@pytest.mark.parametrize("start", STARTS)
def test_points_without_weight_are_never_drawn(start, rng):
    X = rng.normal(size=(60, 2))
    weights = np.zeros(60)
    weights[:5] = 1
    for seed in range(20):
        assert _as_set(start(X, 5, seed, weights)) == _as_set(X[:5])


@pytest.mark.parametrize("start", STARTS)
def test_the_first_center_is_drawn_in_proportion_to_the_weights(start):
    X, weights = np.array([[0.0], [1.0], [2.0]]), np.array([1.0, 2.0, 5.0])
    drawn = [start(X, 1, seed, weights)[0, 0] for seed in range(2000)]
    np.testing.assert_allclose(np.bincount(np.intp(drawn)) / 2000, weights / 8, atol=0.04)


def test_every_far_group_gets_a_center(rng):
    groups = rng.integers(0, 12, 600)
    X = 1000 * rng.normal(size=(12, 3))[groups] + rng.normal(size=(600, 3))
    for seed in range(10):
        centers = _spread(X, 12, seed)
        nearest = ((X[:, None] - centers) ** 2).sum(axis=2).min(axis=1)
        assert nearest.max() < 100


def test_its_starts_are_as_near_to_the_end_as_those_of_scikit_learn(rng):
    groups = rng.integers(0, 20, 1000)
    X = 4 * rng.normal(size=(20, 3))[groups] + rng.normal(size=(1000, 3))

    def cost(centers):
        return cdist(X, centers, "sqeuclidean").min(axis=1).sum()

    ours = np.mean([cost(_spread(X, 20, seed)) for seed in range(40)])
    theirs = np.mean([cost(reference(X, 20, random_state=seed)[0]) for seed in range(40)])
    plain = np.mean([cost(_drawn(X, 20, seed)) for seed in range(40)])
    assert ours == pytest.approx(theirs, rel=0.03)
    assert ours < 0.8 * plain


def test_on_a_screen_neither_order_nor_the_way_of_counting_means_anything(rng):
    X = _wide(rng.normal(size=(5000, 20)), rng)
    order, weights = rng.permutation(5000), rng.integers(0, 3, 5000)
    for seed in range(5):
        assert np.array_equal(_spread_as_seen(X[order], 6, seed), _spread_as_seen(X, 6, seed))
        weighted = _spread_as_seen(X, 6, seed, weights.astype(float))
        repeated = _spread_as_seen(np.repeat(X, weights, axis=0), 6, seed)
        assert np.array_equal(weighted, repeated)


def test_starts_on_a_screen_are_as_near_to_the_end_as_those_of_all_features(rng):
    groups = rng.integers(0, 20, 2000)
    X = _wide(2 * rng.normal(size=(20, 60))[groups] + rng.normal(size=(2000, 60)), rng)

    def costs(start):
        drawn = (start(X, 20, seed) for seed in range(40))
        return [cdist(X, centers, "sqeuclidean").min(axis=1).sum() for centers in drawn]

    assert np.mean(costs(_spread_as_seen)) == pytest.approx(np.mean(costs(_spread)), rel=0.03)
    assert np.mean(costs(_spread)) < 0.9 * np.mean(costs(_drawn))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_point_that_looks_like_a_center_on_a_screen_is_looked_at_in_full(dtype, rng):
    X = np.repeat(_wide(rng.normal(size=(300, 20)), rng), 3, axis=0).astype(dtype)
    centers = _spread_as_seen(X, 300, 0)
    assert len(_as_set(centers)) == 300  # no copy of a center has any chance


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_when_every_point_has_a_center_the_first_is_repeated(dtype, rng):
    X = np.repeat(rng.normal(size=(3, 50)).astype(dtype), 30, axis=0)
    centers = _spread(X, 7, 0)
    assert len(_as_set(centers)) == 3
    assert (centers[3:] == centers[0]).all()
    assert centers.dtype == dtype


def test_starts_drawn_together_are_those_drawn_alone(rng):
    X = rng.normal(size=(3000, 6))
    rngs = [np.random.default_rng(seed) for seed in range(5)]
    together = kmeans_plus_plus(_sample(X), 12, rngs, CPU).numpy()
    for seed in range(5):
        assert np.array_equal(together[seed], _spread(X, 12, seed))


def test_of_starts_drawn_together_one_may_be_done_before_another():
    # A start from 0 has the points 5 and -5 to go to; all are equally far from a start at 1000.
    X = np.array([[0.0], [0.0], [5.0], [-5.0], [1000.0]])
    rngs = [np.random.default_rng(seed) for seed in range(8)]
    for centers in kmeans_plus_plus(_sample(X), 5, rngs, CPU).numpy():
        assert _as_set(centers) == _as_set(X)
        assert centers[4] == centers[0]


def test_nothing_of_the_sample_is_changed(rng):
    X, weights = rng.normal(size=(100, 3)), rng.random(100)
    sample = _sample(X.copy(), weights.copy())
    kept = sample.norms.clone(), sample.keys.clone()
    kmeans_plus_plus(sample, 5, [np.random.default_rng(0)], CPU)
    draw_points(sample, 5, np.random.default_rng(0))
    assert np.array_equal(sample.points.rows.numpy(), X)
    assert np.array_equal(sample.weights.numpy(), weights)
    assert torch.equal(sample.norms, kept[0])
    assert torch.equal(sample.keys, kept[1])


def test_points_are_drawn_by_their_mass_in_any_order_of_heaping(rng):
    from latens.clustering.kmeans.weighted_sampling import sample_by_weight

    mass = torch.tensor([[0.0, 1.0, 3.0, 0.0, 4.0], [2.0, 0.0, 0.0, 2.0, 0.0]], dtype=torch.float64)
    uniform = torch.linspace(0, 1, 801, dtype=torch.float64)[:-1].repeat(2, 1)
    for order in (torch.arange(5), torch.tensor([4, 0, 3, 1, 2])):
        drawn = sample_by_weight(mass, order, uniform)
        counts = [torch.bincount(row, minlength=5).tolist() for row in drawn]
        np.testing.assert_allclose(counts[0], [0, 100, 300, 0, 400], atol=1)
        np.testing.assert_allclose(counts[1], [400, 0, 0, 400, 0], atol=1)
    ends = sample_by_weight(
        mass, torch.arange(5), torch.tensor([[0.0, 1.0]] * 2, dtype=torch.float64)
    )
    assert ends.tolist() == [[1, 4], [0, 3]]
