"""Effect sizes, against their definitions counted pair by pair."""

import numpy as np
import pytest

from latens.applications.profiles.effects import FEWEST, order_contrast, share_contrast


def by_pairs(here: np.ndarray, others: np.ndarray) -> float:
    """Cliff's delta as it is defined."""
    differences = here[:, None] - others[None, :]
    return float(((differences > 0).sum() - (differences < 0).sum()) / differences.size)


def test_the_effect_of_numbers_is_the_share_of_pairs_won_less_that_of_pairs_lost(rng) -> None:
    values = rng.integers(0, 6, 120).astype(float)  # with ties
    values[rng.random(120) < 0.2] = np.nan
    groups = rng.integers(0, 3, 120)
    found = order_contrast(values, groups, 3)
    for group in range(3):
        known = ~np.isnan(values)
        wanted = by_pairs(values[known & (groups == group)], values[known & (groups != group)])
        assert found.effects[group] == pytest.approx(wanted, abs=1e-12)


def test_a_share_is_the_same_effect_as_that_of_its_zeros_and_ones(rng) -> None:
    is_so, groups = rng.random(200) < 0.3, rng.integers(0, 4, 200)
    as_numbers = order_contrast(is_so.astype(float), groups, 4).effects
    np.testing.assert_allclose(share_contrast(is_so, groups, 4).effects, as_numbers, atol=1e-12)


def test_no_unit_and_no_huge_value_matters(rng) -> None:
    values, groups = rng.normal(size=80), rng.integers(0, 2, 80)
    before = order_contrast(values, groups, 2).effects
    stretched = np.exp(5 * values)
    stretched[stretched.argmax()] = 1e300
    np.testing.assert_allclose(order_contrast(stretched, groups, 2).effects, before, atol=1e-12)


def test_chance_is_not_called_clear(rng) -> None:
    """Of 40 columns that have nothing to do with 20 clusters, hardly one differs in any of them."""
    groups = rng.integers(0, 20, 2_000)
    clear = sum(
        order_contrast(rng.normal(size=2_000), groups, 20).is_clear.sum() for _ in range(40)
    )
    assert clear <= 8  # of 800


def test_too_few_samples_say_nothing_and_the_rest_is_heard(rng) -> None:
    groups = np.repeat([0, 1, 2], [FEWEST - 1, 40, 60])
    values = np.where(groups == 0, 100.0, np.where(groups == 1, 10.0, 0.0))
    found = order_contrast(values, groups, 3)
    assert found.effects[0] == 1
    assert found.is_clear.tolist() == [False, True, True]


def test_a_group_of_which_nothing_is_known_has_no_effect() -> None:
    values = np.array([np.nan, np.nan, 1, 2, 3, 4])
    found = order_contrast(values, np.array([0, 0, 1, 1, 2, 2]), 3)
    assert np.isnan(found.effects[0])
    assert not found.is_clear.any()
