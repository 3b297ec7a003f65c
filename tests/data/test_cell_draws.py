"""Cells of new rows: drawn by their probabilities, each column distributed as real ones are."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from latens._column_blocks import ColumnBlock
from latens.data.table_encoding.cell_draws import RANKS, CellDraws, NumberDraws

NUMBER = (ColumnBlock("x", "number", 0, 1),)
TWO = (ColumnBlock("x", "number", 0, 1), ColumnBlock("y", "number", 1, 2))
GAPPED = (ColumnBlock("x", "number", 0, 1, gap=1),)
LEVELS = (ColumnBlock("plan", "category", 0, 3), ColumnBlock("new", "truth", 3, 4))


def numbers(real, decoded, n=4_000):
    """New numbers of a column, whose decoder gives `decoded` for the real rows and for new ones alike."""
    draws = NumberDraws.of(real[:, None], real[:, None], decoded[:, None], NUMBER, seed=0)
    cells = CellDraws.of(NUMBER, draws, np.zeros(1), decoded[:, None])
    new = np.random.default_rng(1).permutation(decoded)[:n, None]
    return cells.drawn(new, 2)[:, 0]


def test_numbers_are_distributed_as_real_ones_whatever_is_decoded():
    rng = np.random.default_rng(0)
    real, decoded = rng.lognormal(size=5_000), rng.normal(size=5_000)
    new = numbers(real, decoded)
    at = [0.01, 0.25, 0.5, 0.75, 0.99]
    np.testing.assert_allclose(np.quantile(new, at), np.quantile(real, at), rtol=0.12)
    assert real.min() <= new.min() <= new.max() <= real.max()


def test_a_value_that_many_rows_have_stays_that_value():
    rng = np.random.default_rng(0)
    real = np.where(rng.random(5_000) < 0.9, 0.0, rng.uniform(100, 200, 5_000))
    new = numbers(real, rng.normal(size=5_000))
    assert abs((new == 0).mean() - 0.9) < 0.02
    assert ((new == 0) | (new >= 100)).mean() > 0.995


def test_numbers_that_are_decoded_well_keep_their_order_and_others_none():
    rng = np.random.default_rng(0)
    real = rng.lognormal(size=4_000)
    for decoded, expected in ((np.log(real), 1.0), (rng.normal(size=4_000), 0.0)):
        draws = NumberDraws.of(real[:, None], real[:, None], decoded[:, None], NUMBER, seed=0)
        assert draws.explained[0] == pytest.approx(expected, abs=0.04)
        new = CellDraws.of(NUMBER, draws, np.zeros(1), decoded[:, None]).drawn(decoded[:, None], 1)
        assert spearmanr(new[:, 0], decoded)[0] == pytest.approx(expected, abs=0.06)


def test_one_value_far_from_all_others_adds_no_noise_to_them():
    real = np.random.default_rng(0).normal(size=2_000)
    decoded = real.copy()
    real[7] = 1e6
    draws = NumberDraws.of(real[:, None], real[:, None], decoded[:, None], NUMBER, seed=0)
    assert draws.explained[0] > 0.98


def test_what_the_decoder_leaves_unexplained_stays_correlated():
    rng = np.random.default_rng(0)
    shared, own = rng.normal(size=3_000), rng.normal(size=(2, 3_000))
    real = np.column_stack([shared + 0.5 * own[0], np.exp(shared + 0.5 * own[1])])
    nothing = np.zeros_like(real)
    draws = NumberDraws.of(real, real, nothing, TWO, seed=0)
    np.testing.assert_allclose(draws.explained, 0, atol=0.05)
    new = CellDraws.of(TWO, draws, np.zeros(2), nothing).drawn(nothing, 1)
    assert spearmanr(*new.T)[0] == pytest.approx(spearmanr(*real.T)[0], abs=0.04)


def test_equal_values_hide_no_correlation():
    rng = np.random.default_rng(0)
    scores = rng.normal(size=6_000)
    decoded = 0.8 * scores + 0.6 * rng.normal(size=6_000)
    real = np.maximum(scores, 0.7)  # three in four are equal
    draws = NumberDraws.of(real[:, None], real[:, None], decoded[:, None], NUMBER, seed=0)
    assert draws.explained[0] == pytest.approx(0.8, abs=0.04)


def test_gaps_do_not_count_as_numbers():
    rng = np.random.default_rng(0)
    features = np.column_stack([np.r_[np.full(50, 99.0), np.arange(50.0)], np.repeat([1, 0], 50)])
    draws = NumberDraws.of(features, features, rng.normal(size=(100, 2)), GAPPED, seed=0)
    assert draws.knots.shape == (1, len(RANKS))
    assert (draws.knots.min(), draws.knots.max()) == (0, 49)


def test_levels_and_gaps_come_as_often_as_in_real_rows():
    rng = np.random.default_rng(0)
    shares = np.array([0.7, 0.3, 0.0, 0.9])
    decoded = rng.dirichlet([1, 2, 3], 6_000)
    decoded = np.column_stack([decoded, rng.uniform(0.2, 0.6, 6_000)])
    cells = CellDraws.of(
        LEVELS, NumberDraws.of(decoded, decoded, decoded, LEVELS, 0), shares, decoded
    )
    new = cells.drawn(decoded, 1)
    np.testing.assert_array_equal(new[:, :3].sum(axis=1), 1)
    np.testing.assert_allclose(new.mean(axis=0), shares, atol=0.02)
    # A row of which one level is more probable than usual still has it more often.
    likely = decoded[:, 0] > 0.6
    assert new[likely, 0].mean() > new[:, 0].mean() + 0.1


@pytest.mark.parametrize("complete", [False, True])
def test_gaps_come_at_their_rate_unless_rows_are_to_be_complete(complete):
    decoded = np.column_stack([np.zeros(3_000), np.full(3_000, 0.6)])
    draws = NumberDraws.of(*[np.zeros((9, 2))] * 3, GAPPED, 0)
    cells = CellDraws.of(GAPPED, draws, np.array([0, 0.2]), decoded)
    gaps = cells.drawn(decoded, 1, complete=complete)[:, 1]
    assert gaps.mean() == pytest.approx(0 if complete else 0.2, abs=0.03)
