import numpy as np
import pytest
from sklearn.datasets import load_digits, make_blobs
from sklearn.neighbors import KNeighborsClassifier

from latens.exceptions import DataError, ParameterError
from latens.metrics import (
    knn_accuracy,
    knn_accuracy_samples,
    linear_probe_accuracy,
    linear_probe_accuracy_samples,
)

PROBES = [knn_accuracy, linear_probe_accuracy]


@pytest.fixture(scope="module")
def digits():
    data = load_digits()
    return data.data[:1000], data.target[:1000], data.data[1000:], data.target[1000:]


def test_samples_are_right_or_wrong_and_their_share_is_the_accuracy(digits):
    Z, y, Z_test, y_test = digits
    for whole, samples in (
        (knn_accuracy, knn_accuracy_samples),
        (linear_probe_accuracy, linear_probe_accuracy_samples),
    ):
        right = samples(Z, y, Z_test, y_test)
        assert right.dtype == bool
        assert right.mean() == whole(Z, y, Z_test, y_test)
        # Other truths turn just these answers.
        other = np.where(np.arange(len(y_test)) < 100, (y_test + 1) % 10, y_test)
        turned = samples(Z, y, Z_test, other)
        np.testing.assert_array_equal(turned[100:], right[100:])
        assert not (turned & right)[:100].any()


@pytest.mark.parametrize("n_neighbors", [1, 5])
def test_neighbors_vote_like_those_of_scikit_learn(digits, n_neighbors):
    Z, y, Z_test, y_test = digits
    theirs = KNeighborsClassifier(n_neighbors).fit(Z, y).score(Z_test, y_test)
    # Digits are integers, so that neighbors tie; a tie may go either way.
    assert knn_accuracy(Z, y, Z_test, y_test, n_neighbors) == pytest.approx(theirs, abs=0.004)


def test_a_linear_probe_reads_digits_from_pixels(digits):
    assert 0.88 < linear_probe_accuracy(*digits) < 0.97


@pytest.mark.parametrize("probe", PROBES)
def test_a_probe_is_the_same_every_time(probe, digits):
    assert probe(*digits) == probe(*digits)


@pytest.mark.parametrize("probe", PROBES)
@pytest.mark.parametrize("scale", [1e-15, 1.0, 1e15])
def test_names_shift_and_scale_mean_nothing(probe, scale):
    Z, y = make_blobs(200, centers=[[0, 0], [9, 0], [0, 9]], cluster_std=3.0, random_state=0)
    names = np.array(["x", "y", "z"])[y]
    expected = probe(Z[:100], y[:100], Z[100:], y[100:])
    assert 0.5 < expected < 1
    moved = (Z + 100) * scale
    assert probe(moved[:100], names[:100], moved[100:], list(names[100:])) == pytest.approx(
        expected
    )


def test_lines_cannot_tell_what_neighbors_can(rng):
    Z = rng.uniform(-1, 1, size=(600, 2))
    y = Z[:, 0] * Z[:, 1] > 0  # a chessboard of four fields
    split = Z[:400], y[:400], Z[400:], y[400:]
    assert knn_accuracy(*split) > 0.9
    assert linear_probe_accuracy(*split) < 0.7


@pytest.mark.parametrize("probe", PROBES)
def test_a_class_that_was_never_seen_counts_as_wrong(probe):
    Z, y = [[0.0], [0.1], [0.2], [9.0], [9.1], [9.2]], [0, 0, 0, 1, 1, 1]
    assert probe(Z, y, [[0.0], [9.0]], [0, 1]) == 1
    assert probe(Z, y, [[0.0], [9.0]], [0, 7]) == 0.5


@pytest.mark.parametrize("probe", PROBES)
def test_what_cannot_be_scored_is_refused(probe):
    Z = np.arange(12.0).reshape(6, 2)
    y = [0, 0, 0, 1, 1, 1]
    with pytest.raises(DataError, match=r"same number of features\. Got 2 and 1"):
        probe(Z, y, Z[:, :1], y)
    with pytest.raises(DataError, match=r"y_train must have one label per sample, 6\. Got 5"):
        probe(Z, y[:5], Z, y)
    with pytest.raises(DataError, match="one kind"):
        probe(Z, y, Z, list("aabbbb"))
    with pytest.raises(DataError, match="Z_test must hold finite"):
        probe(Z, y, Z * np.nan, y)


def test_a_linear_probe_needs_two_classes():
    with pytest.raises(DataError, match="at least 2 different classes"):
        linear_probe_accuracy([[0.0], [1.0]], [3, 3], [[0.0]], [3])


def test_there_are_no_more_neighbors_than_points():
    with pytest.raises(ParameterError, match=r"at most the number of training codes, 2\. Got 5"):
        knn_accuracy([[0.0], [1.0]], [0, 1], [[0.0]], [0])


def test_all_training_codes_may_be_neighbors_and_no_more():
    Z, y = [[0.0], [1.0], [9.0]], [0, 0, 1]
    assert knn_accuracy(Z, y, [[9.0]], [0], n_neighbors=3) == 1.0
    with pytest.raises(ParameterError, match=r"at most the number of training codes, 3\. Got 4"):
        knn_accuracy(Z, y, [[9.0]], [0], n_neighbors=4)
