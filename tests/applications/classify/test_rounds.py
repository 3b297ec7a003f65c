"""Which samples are to be named next, and classes that are learned again and again on the same codes."""

import numpy as np
import pytest

from latens.applications import Propagation
from latens.applications.classify.rounds import CodeLabels, margins, next_to_name


@pytest.fixture
def groups(rng):
    """Four groups of 30 codes that lie apart, and which group each is of."""
    y = np.arange(120) % 4
    return rng.normal(size=(120, 2)) + 20 * np.stack([y % 2, y // 2], axis=1), y


def test_the_first_ones_are_of_every_group(groups):
    Z, y = groups
    chosen = next_to_name(None, Z.__getitem__, 4, is_named=np.zeros(120, bool))
    assert sorted(y[chosen]) == [0, 1, 2, 3]


def test_diverse_ones_are_of_every_uncertain_group_where_the_least_certain_are_of_one(groups):
    Z, y = groups
    # All of two groups are uncertain, those of the one a little more.
    margin = np.array([0.10, 0.11, 0.9, 0.9])[y]
    is_named = np.zeros(120, bool)
    least = next_to_name(margin, Z.__getitem__, 4, is_named=is_named, rule="uncertain")
    assert set(y[least]) == {0}
    diverse = next_to_name(margin, Z.__getitem__, 4, is_named=is_named)
    assert set(y[diverse]) == {0, 1}
    assert margin[diverse].tolist() == sorted(margin[diverse])


@pytest.mark.parametrize("rule", ["diverse", "uncertain", "random"])
def test_what_has_a_name_is_never_chosen(groups, rule, rng):
    Z, _ = groups
    is_named = rng.random(120) < 0.9
    chosen = next_to_name(rng.random(120), Z.__getitem__, 50, is_named=is_named, rule=rule)
    assert sorted(chosen) == np.flatnonzero(~is_named).tolist()


def test_codes_are_asked_for_candidates_alone(groups):
    Z, _ = groups
    asked = []

    def codes_of(places):
        asked.extend(places.tolist())
        return Z[places]

    next_to_name(np.arange(120) / 120, codes_of, 1, is_named=np.zeros(120, bool))
    assert asked == list(range(50))


def test_a_kept_graph_gives_what_propagation_gives(groups):
    Z, y = groups
    known = CodeLabels(Z)
    for n in (4, 12):
        given = np.where(np.arange(120) < n, y, -1)
        shares = known.learn(given, 4)
        np.testing.assert_allclose(shares, Propagation().spread(Z, given, 4).everywhere)
        assert (shares.argmax(axis=1) == y).all()
    few = CodeLabels(Z, Propagation(max_samples=60))
    assert (few.learn(given, 4).argmax(axis=1) == y).all()


def test_a_margin_is_the_lead_over_the_second_class():
    np.testing.assert_allclose(margins(np.array([[0.2, 0.5, 0.3], [1 / 3] * 3])), [0.2, 0])
