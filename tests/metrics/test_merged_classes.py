from itertools import combinations

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from latens.exceptions import DataError, ParameterError
from latens.metrics import merged_classes


def test_pairs_are_the_nearest_of_all(rng):
    Z, y, labels = 100 + rng.normal(size=(900, 4)), rng.integers(0, 3, 900), rng.integers(0, 2, 900)
    merges = merged_classes(Z, y, labels, n_pairs=4)
    assert [merge.cluster for merge in merges] == [0, 1]
    for merge in merges:
        members = labels == merge.cluster
        assert dict(zip(merge.classes, merge.counts, strict=True)) == {
            k: (members & (y == k)).sum() for k in range(3)
        }
        assert list(merge.counts) == sorted(merge.counts, reverse=True)
        assert merge.size == members.sum()
        expected = []
        for a, b in combinations(range(3), 2):
            between = cdist(Z[members & (y == a)], Z[members & (y == b)])
            expected += sorted(between.ravel())[:4]
        distances = [pair.distance for pair in merge.pairs]
        np.testing.assert_allclose(distances, sorted(expected), rtol=1e-9)
        for pair in merge.pairs:
            a, b = pair.samples
            assert (y[a], y[b]) == pair.classes
            assert labels[a] == labels[b] == merge.cluster
            assert np.linalg.norm(Z[a] - Z[b]) == pytest.approx(pair.distance)


def test_pure_clusters_and_rare_classes_are_left_out():
    y = ["a"] * 10 + ["b"] * 19 + ["a"]
    labels = [0] * 10 + [1] * 20
    Z = np.arange(30.0)[:, None]
    assert merged_classes(Z, y, labels) == ()
    (merge,) = merged_classes(Z, y, labels, min_share=0.05)
    assert (merge.cluster, merge.classes, merge.size) == (1, ("b", "a"), 20)
    assert merge.pairs[0].samples == (28, 29)


def test_any_share_is_enough_where_none_is_asked_for_and_none_is_no_share():
    Z, y, labels = np.arange(6.0)[:, None], list("aaabcc"), [0, 0, 0, 0, 1, 1]
    (merge,) = merged_classes(Z, y, labels, min_share=0)
    assert (merge.cluster, merge.classes, merge.counts) == (0, ("a", "b"), (3, 1))


def test_there_are_no_more_pairs_than_there_are(rng):
    (merge,) = merged_classes([[0.0], [1.0], [3.0]], [0, 1, 1], [5, 5, 5], n_pairs=10)
    assert [pair.distance for pair in merge.pairs] == [1, 3]
    assert isinstance(merge.cluster, int)


def test_what_does_not_fit_is_refused():
    with pytest.raises(DataError, match="y must have one label per sample, 2"):
        merged_classes([[0.0], [1.0]], [0], [0, 0])
    with pytest.raises(ParameterError, match="'n_pairs' parameter of merged_classes"):
        merged_classes([[0.0], [1.0]], [0, 1], [0, 0], n_pairs=0)
    with pytest.raises(ParameterError, match="'min_share' parameter of merged_classes"):
        merged_classes([[0.0], [1.0]], [0, 1], [0, 0], min_share=2)


@pytest.mark.parametrize("tile_rows", [1, 3, 1000])
@pytest.mark.parametrize("n_pairs", [1, 2, 5])
def test_pairs_are_the_nearest_of_all_tiles(rng, monkeypatch, tile_rows, n_pairs):
    Z, y = rng.normal(size=(80, 3)), np.repeat([0, 1], [50, 30])
    monkeypatch.setitem(merged_classes.__globals__, "_TILE_BYTES", 8 * 30 * tile_rows)
    (merge,) = merged_classes(Z, y, np.zeros(80, dtype=int), n_pairs=n_pairs)
    distances = cdist(Z[:50], Z[50:])
    nearest = np.argsort(distances, axis=None)[:n_pairs]
    expected = [(i, 50 + j) for i, j in zip(*np.divmod(nearest, 30), strict=True)]
    assert [pair.samples for pair in merge.pairs] == expected
    np.testing.assert_allclose([pair.distance for pair in merge.pairs], distances.flat[nearest])
