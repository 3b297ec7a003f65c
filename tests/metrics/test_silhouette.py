import tracemalloc

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.distance import cdist
from sklearn import metrics as reference
from sklearn.datasets import load_digits

from latens.exceptions import DataError
from latens.metrics import silhouette_samples, silhouette_score, silhouette_sweep


@st.composite
def labeled_points(draw):
    """Points on a small grid, so with many duplicates, and labels that can be scored."""
    n, d = draw(st.integers(3, 25)), draw(st.integers(1, 3))
    Z = draw(arrays(np.float64, (n, d), elements=st.integers(-3, 3).map(float)))
    labels = draw(arrays(np.int64, n, elements=st.integers(-1, 3)))
    assume(2 <= len(set(labels)) < n)
    return Z, labels


def _by_definition(Z, labels):
    distances, scores = cdist(Z, Z), []
    for i, own in enumerate(labels):
        same = (labels == own) & (np.arange(len(Z)) != i)
        if not same.any():
            scores.append(0.0)
            continue
        a = distances[i, same].mean()
        b = min(distances[i, labels == other].mean() for other in set(labels) - {own})
        scores.append((b - a) / max(a, b) if max(a, b) > 0 else 0.0)
    return np.array(scores)


@given(labeled_points())
def test_the_silhouette_is_the_definition(case):
    np.testing.assert_allclose(silhouette_samples(*case), _by_definition(*case), atol=1e-9)


@given(labeled_points(), st.sampled_from([1e-200, 1e-15, 1.0, 1e15, 1e200]))
def test_scale_means_nothing(case, scale):
    Z, labels = case
    np.testing.assert_allclose(
        silhouette_samples(Z * scale, labels), silhouette_samples(Z, labels), atol=1e-9
    )


@given(labeled_points(), st.integers(-(10**6), 10**6), st.integers(0, 100))
def test_shift_order_and_names_mean_nothing(case, shift, seed):
    Z, labels = case
    order = np.random.default_rng(seed).permutation(len(Z))
    names = np.array(["a", "b", "c", "d", "e"])[labels + 1]
    np.testing.assert_allclose(
        silhouette_samples(Z[order] + shift, names[order]),
        silhouette_samples(Z, labels)[order],
        atol=1e-9,
    )


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
def test_the_silhouette_is_that_of_scikit_learn_across_tiles(dtype):
    digits = load_digits()
    Z = digits.data.astype(dtype)  # 1797 samples: two rows of tiles
    ours, theirs = (
        silhouette_samples(Z, digits.target),
        reference.silhouette_samples(Z, digits.target),
    )
    np.testing.assert_allclose(ours, theirs, atol=1e-5)
    assert silhouette_score(Z, digits.target) == pytest.approx(theirs.mean(), abs=1e-6)


def test_a_sweep_gives_every_labeling_its_own_score(rng):
    Z = rng.normal(size=(1500, 6))
    labelings = [rng.integers(0, k, 1500) for k in range(2, 9)]
    expected = [reference.silhouette_score(Z, labels) for labels in labelings]
    np.testing.assert_allclose(silhouette_sweep(Z, labelings), expected, atol=1e-8)
    np.testing.assert_allclose(silhouette_sweep(Z, iter(labelings)), expected, atol=1e-8)
    np.testing.assert_allclose(silhouette_sweep(Z, np.array(labelings)), expected, atol=1e-8)


@pytest.mark.parametrize("device", ["auto", "cpu:0"])
def test_every_name_of_the_cpu_is_the_same_way_of_summing(rng, device):
    if device == "auto" and torch.cuda.is_available():
        pytest.skip("auto is a GPU here")
    Z, labels = rng.normal(size=(4200, 3)), rng.integers(0, 3, 4200)
    ours = silhouette_sweep(Z, [labels], device=device)
    assert np.array_equal(ours, silhouette_sweep(Z, [labels], device="cpu"))


def test_groups_that_are_tight_and_far_apart_are_told_apart(rng):
    # Two pairs of groups 1e8 apart; in a pair, the groups are 10 apart with a spread of 1.
    centers = np.array([[0.0, 0], [10, 0], [1e8, 0], [1e8 + 10, 0]])
    labels = np.repeat(np.arange(4), 10)
    Z = centers[labels] + rng.normal(size=(40, 2))
    np.testing.assert_allclose(silhouette_samples(Z, labels), _by_definition(Z, labels), atol=1e-6)


def test_a_sample_alone_in_its_cluster_scores_zero():
    assert silhouette_samples([[0.0], [0.1], [5.0]], [0, 0, 1])[2] == 0


def test_a_sample_that_coincides_with_both_clusters_scores_zero():
    scores = silhouette_samples([[2.0], [2.0], [2.0], [2.0], [5.0]], [0, 0, 1, 1, 2])
    assert not scores.any()


@pytest.mark.parametrize("labels", [[0] * 4, [0, 1, 2, 3]])
def test_one_cluster_or_only_single_points_cannot_be_scored(labels):
    Z = np.arange(4.0)[:, None]
    with pytest.raises(DataError, match="from 2 to n_samples - 1 different labels"):
        silhouette_score(Z, labels)
    with pytest.raises(DataError, match="from 2 to n_samples - 1 different labels"):
        silhouette_sweep(Z, [[0, 0, 1, 1], labels])


def test_a_sweep_over_nothing_is_refused():
    with pytest.raises(DataError, match="at least one labeling"):
        silhouette_sweep([[0.0], [1.0], [2.0]], [])
    with pytest.raises(DataError, match="a list of labelings"):
        silhouette_sweep([[0.0], [1.0], [2.0]], None)


def test_memory_does_not_grow_with_the_square(rng):
    n = 6000
    Z, labelings = rng.normal(size=(n, 2)), [rng.integers(0, 5, n) for _ in range(4)]
    tracemalloc.start()
    silhouette_sweep(Z, labelings)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < n * n * 8 / 5  # 58 MB, where one matrix of distances takes 288 MB
