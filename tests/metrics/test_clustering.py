import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as reference

from latens.exceptions import DataError
from latens.metrics import (
    adjusted_rand_score,
    adjusted_rand_score_samples,
    clustering_accuracy,
    contingency,
    normalized_mutual_info_score,
)

SCORES = [adjusted_rand_score, clustering_accuracy, normalized_mutual_info_score]

pairs_of_labels = st.integers(1, 30).flatmap(
    lambda n: st.tuples(
        st.lists(st.integers(0, 3), min_size=n, max_size=n),
        st.lists(st.integers(-2, 4), min_size=n, max_size=n),
    )
)


def _accuracy_by_trying_all_namings(y, labels):
    """The definition: the best one-to-one naming, with fillers where the numbers differ."""
    classes, clusters = sorted(set(y)), sorted(set(labels))
    size = max(len(classes), len(clusters))
    classes += [None] * (size - len(classes))
    clusters += ["no cluster"] * (size - len(clusters))
    return max(
        np.mean(
            [
                dict(zip(clusters, naming, strict=True))[c] == t
                for t, c in zip(y, labels, strict=True)
            ]
        )
        for naming in itertools.permutations(classes)
    )


@given(pairs_of_labels)
def test_accuracy_is_the_best_naming_of_the_clusters(pair):
    assert clustering_accuracy(*pair) == pytest.approx(_accuracy_by_trying_all_namings(*pair))


@given(pairs_of_labels)
def test_mutual_information_and_rand_index_are_those_of_scikit_learn(pair):
    y, labels = pair
    assert normalized_mutual_info_score(y, labels) == pytest.approx(
        reference.normalized_mutual_info_score(y, labels), abs=1e-12
    )
    assert adjusted_rand_score(y, labels) == pytest.approx(
        reference.adjusted_rand_score(y, labels), abs=1e-12
    )


@pytest.mark.parametrize("score", SCORES)
@given(pair=pairs_of_labels, seed=st.integers(0, 100))
def test_names_and_order_mean_nothing(score, pair, seed):
    y, labels = map(np.array, pair)
    names = np.array(["zebra", "ant", "cow", "bee", "dog", "elk", "fox"])
    order = np.random.default_rng(seed).permutation(len(y))
    assert score(names[y][order], -3 * labels[order]) == pytest.approx(score(y, labels))


@pytest.mark.parametrize("score", SCORES)
def test_the_same_partition_scores_one(score):
    assert score(["a", "b", "a", "c"], [5, -1, 5, 0]) == pytest.approx(1.0)
    assert score([3], ["only"]) == 1.0


def test_more_clusters_than_classes_leave_some_wrong():
    assert clustering_accuracy([0, 0, 0, 0], [0, 1, 2, 3]) == 0.25


def test_fewer_clusters_than_classes_leave_some_wrong():
    assert clustering_accuracy([0, 1, 2, 3], [0, 0, 0, 0]) == 0.25


@pytest.mark.parametrize("score", [*SCORES, contingency])
def test_lengths_must_agree(score):
    with pytest.raises(DataError, match=r"one label per sample, 2\. Got 3"):
        score([0, 1], [0, 1, 1])


@given(pairs_of_labels)
def test_contingency_counts_every_sample_in_its_cell(pair):
    y, labels = pair
    table = contingency(y, labels)
    assert table.counts.sum() == len(y)
    for row, cluster in enumerate(table.clusters):
        for column, name in enumerate(table.classes):
            expected = sum(t == name and c == cluster for t, c in zip(y, labels, strict=True))
            assert table.counts[row, column] == expected
    np.testing.assert_allclose(table.shares.sum(axis=1), 1)


@pytest.mark.parametrize(("n", "n_clusters"), [(3, 2), (40, 3), (200, 12)])
def test_pseudo_values_of_the_rand_score_are_those_of_leaving_samples_out(rng, n, n_clusters):
    y, labels = rng.integers(0, 4, n), rng.integers(0, n_clusters, n)
    whole = adjusted_rand_score(y, labels)
    left_out = [
        n * whole - (n - 1) * adjusted_rand_score(np.delete(y, at), np.delete(labels, at))
        for at in range(n)
    ]
    np.testing.assert_allclose(adjusted_rand_score_samples(y, labels), left_out, atol=1e-9)


def test_pseudo_values_spread_as_scores_of_other_samples_do(rng):
    def draw():
        y = rng.integers(0, 4, 200)
        return y, np.where(rng.random(200) < 0.6, y, rng.integers(0, 5, 200))

    scores = [adjusted_rand_score(*draw()) for _ in range(200)]
    errors = [adjusted_rand_score_samples(*draw()).std(ddof=1) / 200**0.5 for _ in range(20)]
    assert np.mean(errors) == pytest.approx(np.std(scores), rel=0.25)


def test_pseudo_values_of_one_group_are_those_of_full_agreement():
    np.testing.assert_allclose(adjusted_rand_score_samples([1] * 5, [2] * 5), 1.0)
    with pytest.raises(DataError, match="at least 3 samples"):
        adjusted_rand_score_samples([0, 1], [0, 1])
