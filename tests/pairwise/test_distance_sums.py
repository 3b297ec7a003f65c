from functools import partial

import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist

from latens.exceptions import ParameterError
from latens.metrics import silhouette, silhouette_samples, silhouette_score, silhouette_sweep
from latens.pairwise import distance_sums, distance_sums_on_device

CPU = torch.device("cpu")


def _sums(points, labelings):
    """The sums in the order of the points, and those by definition."""
    starts = np.cumsum([0, *(labels.max() + 1 for labels in labelings)])
    columns = np.stack([labels + start for labels, start in zip(labelings, starts, strict=False)])
    order = np.lexsort(columns[::-1])
    found = np.empty((starts[-1], len(points)))
    for rows, sums in distance_sums(points[order], columns[:, order], int(starts[-1])):
        found[:, order[rows]] = sums
    members = np.zeros((starts[-1], len(points)))
    members[columns, np.arange(len(points))] = 1
    return found, members @ cdist(points, points)


@pytest.mark.parametrize(("n", "rtol"), [(1, 0), (300, 1e-12), (1300, 1e-12), (4500, 2e-6)])
def test_sums_are_the_definition_in_one_and_many_blocks(rng, n, rtol):
    points = rng.normal(size=(n, 3))
    nested = [(points[:, 0] > 0) * 1, (points[:, 0] > 0) * 2 + (points[:, 1] > 0)]
    found, expected = _sums(points, nested)
    np.testing.assert_allclose(found, expected, rtol=rtol)


@pytest.mark.parametrize("n_clusters", [3, 40])
def test_labelings_that_have_nothing_in_common(rng, n_clusters):
    points = rng.normal(size=(1500, 3))
    labelings = [rng.integers(0, n_clusters, 1500) for _ in range(5)]
    found, expected = _sums(points, labelings)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize(("n_clusters", "held"), [(4, 1100), (4, 2100), (600, 300)])
def test_bands_of_rows_give_the_same(rng, monkeypatch, n_clusters, held):
    points = rng.normal(size=(2200, 2))
    labels = np.arange(2200) % n_clusters
    monkeypatch.setitem(distance_sums.__globals__, "_SUMS_BYTES", 8 * n_clusters * held)
    found, expected = _sums(points, [labels])
    np.testing.assert_allclose(found, expected, rtol=1e-9)


@pytest.mark.parametrize("held", [256, 512, 768, 10_000])
def test_bands_of_several_blocks_give_the_same(rng, monkeypatch, held):
    monkeypatch.setitem(distance_sums.__globals__, "_BLOCK", 256)
    monkeypatch.setitem(distance_sums.__globals__, "_SUMS_BYTES", 8 * 5 * held)
    points = rng.normal(size=(1400, 2))
    labelings = [np.arange(1400) % 2, np.arange(1400) % 3]
    found, expected = _sums(points, labelings)
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_more_than_four_thousand_points_are_single_precision_and_fewer_are_not(rng):
    for n, dtype in ((4095, np.float64), (4096, np.float32)):
        points = rng.normal(size=(n, 2))
        errors = [
            np.abs(one / other - 1).max() for one, other in [_sums(points, [np.arange(n) % 3])]
        ]
        assert (errors[0] > 1e-9) == (dtype == np.float32)


@pytest.fixture
def case(rng):
    """Tight clusters far from each other, and a second labeling that cuts across them."""
    Z = rng.normal(size=(1000, 7)) + 1e4 * rng.normal(size=(5, 7)).repeat(200, axis=0)
    return Z, [np.arange(5).repeat(200), rng.integers(0, 3, 1000)]


@pytest.mark.parametrize("side", [100, 2048])
def test_sums_on_a_device_are_those_of_the_cpu(case, monkeypatch, side):
    monkeypatch.setitem(distance_sums_on_device.__globals__, "_DEVICE_SIDE", side)
    Z, labelings = case
    columns = np.stack([labelings[0], labelings[1] + 5])
    theirs = np.hstack([sums for _, sums in distance_sums(Z, columns, 8)])
    ours = np.hstack([sums for _, sums in distance_sums_on_device(Z, columns, 8, CPU)])
    np.testing.assert_allclose(ours, theirs, rtol=1e-6)


def test_silhouettes_on_a_device_are_those_of_the_cpu(case, monkeypatch):
    Z, labelings = case
    samples, scores = silhouette_samples(Z, labelings[0]), silhouette_sweep(Z, labelings)
    monkeypatch.setattr(
        silhouette, "_summation", lambda _: partial(distance_sums_on_device, device=CPU)
    )
    np.testing.assert_allclose(
        silhouette_samples(Z, labelings[0], device="cuda"), samples, atol=1e-5
    )
    np.testing.assert_allclose(silhouette_sweep(Z, labelings, device="cuda"), scores, atol=1e-5)
    assert silhouette_score(Z, labelings[0], device="cuda") == pytest.approx(scores[0], abs=1e-5)


def test_a_device_that_is_none_is_refused(case):
    with pytest.raises(ParameterError, match="'tpu'"):
        silhouette_score(case[0], case[1][0], device="tpu")


def test_the_best_device_of_any_machine_gives_the_same(case):
    Z, labelings = case
    np.testing.assert_allclose(
        silhouette_sweep(Z, labelings, device="auto"), silhouette_sweep(Z, labelings), atol=1e-5
    )
