"""Corruptions draw for every value on its own, around the clean one."""

import pytest
import torch

from latens.objectives.blind_spot import random_dihedral
from latens.objectives.corruption import add_gaussian_noise, add_salt_and_pepper, mask_values


@pytest.fixture
def clean():
    torch.manual_seed(0)
    return torch.rand(100, 400) * 0.5 + 0.25


def test_noise_has_no_mean_and_its_level_as_deviation(clean):
    noise = add_gaussian_noise(clean, 0.3) - clean
    assert abs(noise.mean()) < 0.005
    assert noise.std().item() == pytest.approx(0.3, rel=0.02)


def test_masked_values_are_zero_and_the_others_stay(clean):
    masked = mask_values(clean, 0.3)
    hidden = masked == 0
    assert hidden.float().mean().item() == pytest.approx(0.3, rel=0.03)
    assert torch.equal(masked[~hidden], clean[~hidden])


def test_salt_and_pepper_are_the_extremes_of_the_batch_and_the_others_stay(clean):
    corrupted = add_salt_and_pepper(clean, 0.4)
    low, high = corrupted == clean.min(), corrupted == clean.max()
    assert low.float().mean().item() == pytest.approx(0.2, rel=0.05)
    assert high.float().mean().item() == pytest.approx(0.2, rel=0.05)
    rest = ~(low | high)
    assert torch.equal(corrupted[rest], clean[rest])


def test_squares_are_laid_in_all_eight_ways_alike():
    image = torch.arange(9.0).reshape(1, 1, 3, 3)
    ways = [torch.rot90(image, k, (2, 3)) for k in range(4)]
    ways += [one.flip(3) for one in ways]
    torch.manual_seed(0)
    drawn = [random_dihedral(image) for _ in range(800)]
    counts = [sum(torch.equal(one, way) for one in drawn) for way in ways]
    assert sum(counts) == 800
    assert min(counts) > 60
