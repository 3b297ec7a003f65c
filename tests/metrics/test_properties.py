"""What holds for every score of a labeling: what it must not depend on, and what it refuses."""

import math
from functools import partial

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn import metrics as reference

from latens import metrics
from latens.exceptions import DataError

SCORES = {
    "silhouette": metrics.silhouette_score,
    "sweep": lambda Z, labels: metrics.silhouette_sweep(Z, [labels, labels])[1],
    "dunn": metrics.dunn_index,
    "generalized dunn": metrics.generalized_dunn_index,
    "generalized dunn, centroids": partial(
        metrics.generalized_dunn_index, separation="centroids", diameter="average"
    ),
    "calinski-harabasz": metrics.calinski_harabasz_score,
    "davies-bouldin": metrics.davies_bouldin_score,
    "dbcv": metrics.dbcv_score,
    "neighborhood hit": partial(metrics.neighborhood_hit, n_neighbors=2),
}
every_score = pytest.mark.parametrize("name", SCORES)


@st.composite
def clouds(draw):
    """Points in general position, and labels with at least two points each."""
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    k, d = draw(st.integers(2, 4)), draw(st.integers(1, 4))
    n = draw(st.integers(2 * k, 40))
    labels = rng.permutation(np.arange(n) % k)
    return rng.normal(size=(n, d)) + draw(st.sampled_from([0, 3])) * labels[:, None], labels


@st.composite
def grids(draw):
    """Points with many doubles, as integers, and any labels."""
    n, d = draw(st.integers(4, 20)), draw(st.integers(1, 3))
    Z = draw(arrays(np.int64, (n, d), elements=st.integers(0, 2)))
    labels = draw(arrays(np.int64, n, elements=st.integers(0, 2)))
    assume(np.unique(labels).size > 1 and np.bincount(labels)[np.unique(labels)].min() > 1)
    return Z, labels


@every_score
@settings(max_examples=25)
@given(clouds(), st.integers(0, 100), st.floats(-1e4, 1e4))
def test_order_names_and_shift_mean_nothing(name, case, seed, shift):
    Z, labels = case
    order = np.random.default_rng(seed).permutation(len(Z))
    moved = SCORES[name](Z[order] + shift, np.array(list("wxyz"))[labels[order]])
    assert moved == pytest.approx(SCORES[name](Z, labels), rel=1e-5, abs=1e-6)


@every_score
@settings(max_examples=15)
@given(clouds(), st.sampled_from([1e-250, 1e-20, 1e20, 1e250]))
def test_huge_and_tiny_data_score_the_same(name, case, scale):
    Z, labels = case
    assert SCORES[name](scale * Z, labels) == pytest.approx(SCORES[name](Z, labels), rel=1e-6)


@every_score
@settings(max_examples=25)
@given(grids())
def test_integers_and_doubles_are_scored_like_floats(name, case):
    Z, labels = case
    score = SCORES[name](Z, labels)
    assert not math.isnan(score)
    assert score == SCORES[name](Z.astype(np.float64), labels)
    assert score == pytest.approx(SCORES[name](Z.astype(np.uint8), labels), rel=1e-9)


@every_score
def test_an_array_that_is_asked_is_not_changed(name, rng):
    Z, labels = rng.normal(size=(30, 2)), np.arange(30) % 3
    Z.flags.writeable = labels.flags.writeable = False
    SCORES[name](Z, labels)
    assert SCORES[name](np.asfortranarray(Z), labels) == pytest.approx(SCORES[name](Z, labels))


@every_score
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_refused(name, bad):
    Z = np.arange(12.0).reshape(6, 2)
    Z[4, 1] = bad
    with pytest.raises(DataError, match=r"Z must hold finite numbers\. Row 4"):
        SCORES[name](Z, [0, 0, 0, 1, 1, 1])


@every_score
def test_labels_of_another_length_are_refused(name):
    with pytest.raises(DataError, match=r"one label per sample, 4\. Got 3"):
        SCORES[name](np.arange(8.0).reshape(4, 2), [0, 0, 1])


@settings(max_examples=40)
@given(clouds())
def test_scores_are_those_of_scikit_learn_where_it_has_them(case):
    Z, labels = case
    assert metrics.silhouette_score(Z, labels) == pytest.approx(reference.silhouette_score(*case))
    np.testing.assert_allclose(
        metrics.silhouette_samples(Z, labels), reference.silhouette_samples(*case), atol=1e-7
    )
    assert metrics.calinski_harabasz_score(Z, labels) == pytest.approx(
        reference.calinski_harabasz_score(*case)
    )
    assert metrics.davies_bouldin_score(Z, labels) == pytest.approx(
        reference.davies_bouldin_score(*case)
    )


@pytest.mark.parametrize("d", [1, 2, 10])
@pytest.mark.parametrize("kind", ["cloud", "doubles", "tight", "far away"])
def test_float32_is_as_good_as_scikit_learn_where_points_are_many(rng, kind, d):
    n, k = 4500, 30
    labels = rng.integers(0, k, n)
    Z = 3 * rng.normal(size=(k, d))[labels] + rng.normal(size=(n, d))
    if kind == "doubles":
        Z = np.round(Z)
    if kind == "tight":  # clusters far smaller than the distances between them
        Z = 1e-6 * Z + 10 * rng.normal(size=(k, d))[labels]
    if kind == "far away":
        Z += 1e6
    # scikit-learn loses digits of data far from zero, so it gets what was not moved.
    theirs = reference.silhouette_samples(Z - (1e6 if kind == "far away" else 0), labels)
    np.testing.assert_allclose(metrics.silhouette_samples(Z, labels), theirs, atol=1e-5)
