"""The program for devices, run on the CPU: it agrees with the CPU's own."""

from functools import partial

import numpy as np
import pytest
import torch

from latens.exceptions import ParameterError
from latens.metrics import silhouette, silhouette_samples, silhouette_score, silhouette_sweep
from latens.pairwise.distance_sums import distance_sums
from latens.pairwise.distance_sums_on_device import distance_sums_on_device

CPU = torch.device("cpu")


@pytest.fixture
def case(rng):
    """Tight clusters far from each other, and a second labeling that cuts across them."""
    Z = rng.normal(size=(1000, 7)) + 1e4 * rng.normal(size=(5, 7)).repeat(200, axis=0)
    return Z, [np.arange(5).repeat(200), rng.integers(0, 3, 1000)]


@pytest.mark.parametrize("side", [100, 2048])
def test_sums_are_those_of_the_cpu(case, monkeypatch, side):
    monkeypatch.setitem(distance_sums_on_device.__globals__, "_SIDE", side)
    Z, labelings = case
    columns = np.stack([labelings[0], labelings[1] + 5])
    theirs = np.hstack([sums for _, sums in distance_sums(Z, columns, 8)])
    ours = np.hstack([sums for _, sums in distance_sums_on_device(Z, columns, 8, CPU)])
    np.testing.assert_allclose(ours, theirs, rtol=1e-6)


def test_silhouettes_are_those_of_the_cpu(case, monkeypatch):
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
