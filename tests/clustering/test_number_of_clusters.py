import numpy as np
import pytest
from sklearn.datasets import load_digits, make_blobs
from sklearn.metrics import (
    adjusted_rand_score,
    calinski_harabasz_score,
    davies_bouldin_score,
    silhouette_score,
)

from latens.clustering import CRITERIA, Criterion, KMeans, Support, choose_k
from latens.clustering.gap import gap_statistic
from latens.clustering.number_of_clusters import _judge
from latens.clustering.stability import stability
from latens.exceptions import DataError, ParameterError


@pytest.mark.parametrize("k", [2, 4, 7])
def test_choose_k_finds_the_number_of_groups_that_stand_apart(k):
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


def test_a_subset_comes_near_what_all_points_say():
    Z = load_digits().data
    full = choose_k(Z, [4, 8], n_init=4, random_state=0)
    part = choose_k(Z, [4, 8], n_init=4, random_state=0, max_samples=900)
    assert len(full.scored) == len(Z)
    assert len(part.scored) == len(set(part.scored)) == 900
    np.testing.assert_allclose(part.silhouettes, full.silhouettes, atol=0.02)
    for labels, score in zip(part.labelings, part.silhouettes, strict=True):
        assert len(labels) == len(Z)
        expected = silhouette_score(Z[part.scored], labels[part.scored])
        assert score == pytest.approx(expected)


def test_points_outside_the_subset_get_the_nearest_center():
    Z, y = make_blobs(3000, centers=[[0, 0], [30, 0], [0, 30]], random_state=0)
    chosen = choose_k(Z, random_state=0, max_samples=300)
    assert chosen.best == 3
    assert adjusted_rand_score(chosen.labels, y) == 1


def test_three_points_are_the_fewest_to_be_clustered_and_scored(rng):
    chosen = choose_k(rng.normal(size=(9, 2)), random_state=0, max_samples=3)
    assert (chosen.ks, len(chosen.scored)) == ((2,), 3)
    assert chosen.labelings.shape == (1, 9)
    with pytest.raises(ParameterError, match=r"'max_samples' parameter of choose_k .* \[3, inf\)"):
        choose_k(rng.normal(size=(9, 2)), max_samples=2)


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
    # Two groups of two: the criteria differ in which level counts.
    centers = [[0, 0], [4, 0], [30, 0], [34, 0]]
    Z, _ = make_blobs(200, centers=centers, cluster_std=0.7, random_state=0)
    nested = choose_k(Z, range(2, 6), random_state=0)
    assert nested.best == 4  # both hold, and four tell more
    dissenting = {one.name: one.best for one in nested.dissenting}
    assert dissenting == {"silhouette": 2, "davies_bouldin": 2}


def test_the_silhouette_is_asked_whether_it_is_named_or_not():
    Z = load_digits().data[:100]
    chosen = choose_k(Z, [2, 3], criteria=("davies_bouldin",), n_init=1, random_state=0)
    assert [one.name for one in chosen.criteria] == ["silhouette", "davies_bouldin"]
    assert {one.k for one in chosen.support} == {one.best for one in chosen.criteria}


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


def clouds(rng):
    """Single clouds of several shapes; none has a number of clusters."""
    turned = np.linalg.qr(rng.normal(size=(6, 6)))[0]
    yield "round", rng.normal(size=(300, 2))
    yield "wide", rng.normal(size=(300, 50))
    yield "drawn out", rng.normal(size=(400, 6)) * np.geomspace(1, 30, 6) @ turned
    yield "even", rng.random((400, 2))
    yield "heavy-tailed", rng.standard_t(2, size=(400, 3))
    yield "skewed", rng.exponential(size=(400, 3))
    yield "counts", rng.poisson(3, size=(400, 4))
    yield "one line", rng.normal(size=(100, 1))
    yield "with a constant column", np.column_stack([rng.normal(size=(200, 2)), np.full(200, 7.0)])


def test_a_single_cloud_of_any_shape_has_no_clear_number(rng):
    for name, Z in clouds(rng):
        chosen = choose_k(Z, n_init=2, random_state=0)
        assert chosen.best is None, name
        assert "no gaps" in chosen.reason or "do not come back" in chosen.reason
        assert chosen.dissenting == chosen.criteria
        with pytest.raises(
            DataError, match=r"no clear number of clusters: .*Take a number from 'ks'"
        ):
            _ = chosen.labels


@pytest.mark.parametrize(
    ("k", "n", "dims"), [(2, 200, 2), (3, 300, 20), (17, 1500, 3), (19, 1000, 8)]
)
def test_without_numbers_it_finds_groups_of_unlike_sizes_and_spreads(rng, k, n, dims):
    side = np.arange(-(-(k ** (1 / dims)) // 1) + 1)
    corners = np.stack(np.meshgrid(*[side] * min(dims, 4)), axis=-1).reshape(-1, min(dims, 4))
    centers = np.zeros((k, dims))
    centers[:, : corners.shape[1]] = 12 * rng.permutation(corners)[:k]
    groups = rng.choice(k, n, p=np.linspace(1, 3, k) / np.linspace(1, 3, k).sum())
    spreads = rng.uniform(0.7, 1.5, size=k)
    Z = centers[groups] + spreads[groups, None] * rng.normal(size=(n, dims))
    chosen = choose_k(Z, random_state=0)
    assert chosen.best == k
    assert max(chosen.ks) <= np.sqrt(n)
    assert "come back" in chosen.reason


def test_the_largest_number_tried_is_no_answer():
    Z, _ = make_blobs(200, centers=[[0, 0], [20, 0], [7, 15]], random_state=0)
    chosen = choose_k(Z, [2, 3], random_state=0)
    assert chosen.best is None
    assert chosen.reason.startswith("the best number is 3, the largest tried")
    assert choose_k(Z, [3, 4, 2], random_state=0).best == 3


@pytest.mark.parametrize(
    ("proposed", "held", "groups", "best"),
    [
        ((3, 3, 3), {3}, {}, 3),
        ((2, 2, 4), {2, 4}, {}, 4),  # levels of one hierarchy
        ((3, 3, 4), {3}, {4: 3}, 3),  # one group cut in two
        ((3, 3, 5), {3}, {5: 5}, None),  # something finer is there
        ((4, 2, 3), {4}, {}, None),  # one vote of three, and the others do not hold
        ((6, 6, 2), {6}, {}, None),  # the largest tried
        ((2, 3, 4), set(), {}, None),
    ],
)
def test_the_rule_that_settles_what_criteria_propose(proposed, held, groups, best):
    criteria = tuple(Criterion(str(k), str(k), "higher", np.zeros(5), k) for k in proposed)
    support = tuple(
        Support(k, 1.0, 0.1, 0.0, k) if k in held else Support(k, 0.3, 0.9, 0.0, groups.get(k, 1))
        for k in sorted(set(proposed))
    )
    number, reason = _judge(support, criteria, last=6)
    assert number == best
    assert reason


def test_as_many_clusters_as_different_points_are_not_an_edge():
    Z = np.repeat([[0.0, 0.0], [0.0, 1.0], [5.0, 5.0]], 30, axis=0)
    chosen = choose_k(Z, random_state=0)
    assert chosen.ks == (2, 3)
    assert chosen.best == 3
    assert adjusted_rand_score(chosen.labels, np.repeat([0, 1, 2], 30)) == 1


@pytest.mark.parametrize("n", [3, 4, 5, 8, 9, 20])
def test_a_few_points_have_no_clear_number(rng, n):
    chosen = choose_k(rng.normal(size=(n, 2)), random_state=0)
    assert chosen.best is None
    assert chosen.ks[0] == 2


def test_shift_scale_and_order_do_not_matter():
    Z, _ = make_blobs(300, centers=[[0, 0], [9, 0], [0, 9], [9, 9]], random_state=0)
    for moved in (Z + 1e6, Z * 1e-150, Z * 1e150, Z[::-1]):
        assert choose_k(moved, n_init=2, random_state=0).best == 4


def test_one_point_repeated_has_no_clusters():
    with pytest.raises(DataError, match="one point, repeated"):
        choose_k(np.ones((20, 3)))
    with pytest.raises(DataError, match=r"at least 3 points, not all equal. Got 2 points"):
        choose_k([[0.0], [1.0]])
