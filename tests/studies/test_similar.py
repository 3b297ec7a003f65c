"""Neighbors are the nearest ones, and the sample itself comes first."""

import numpy as np
from sklearn.neighbors import NearestNeighbors

from latens.studies.similar import _nearest


def test_neighbors_are_scikit_learns() -> None:
    codes = np.random.default_rng(0).normal(size=(300, 5)).astype(np.float32)
    queries = np.array([0, 7, 299])
    expected = NearestNeighbors(n_neighbors=8).fit(codes).kneighbors(codes[queries])[1]
    np.testing.assert_array_equal(_nearest(codes, queries), expected)


def test_a_sample_comes_before_its_equals() -> None:
    assert _nearest(np.zeros((5, 2)), np.array([3]))[0].tolist() == [3, 0, 1, 2, 4]
