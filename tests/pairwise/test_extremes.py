import numpy as np
import pytest
from scipy.spatial.distance import cdist

from latens.pairwise.centering import Centering
from latens.pairwise.extremes import (
    _BLOCK,
    _Place,
    _Record,
    _rounding,
    _Search,
    _Side,
    find_extremes,
)
from latens.pairwise.tiles import SIDE, View


def _found(points, codes):
    centering = Centering.of(points)
    extremes = find_extremes(points, centering, codes)
    return np.sqrt([extremes.gap, extremes.width]) / centering.scale


def _expected(points, codes):
    distances, same = cdist(points, points), codes[:, None] == codes
    return [distances[~same].min(), distances[same].max()]


@pytest.mark.parametrize("d", [2, 40, 200])
@pytest.mark.parametrize("kind", ["cloud", "clusters", "grid", "doubles", "far"])
def test_extremes_are_those_of_all_pairs(rng, d, kind):
    n = 1500
    codes = rng.integers(0, 6, n)
    points = rng.normal(size=(n, d))
    if kind == "clusters":
        points += 4 * rng.normal(size=(6, d))[codes]
    if kind == "grid":  # many pairs are equally far
        points = np.round(points)
    if kind == "doubles":  # one group is a single place
        points[codes == 2] = points[codes == 2][0]
    if kind == "far":  # a product of matrices in float32 cannot tell the groups' points apart
        points = 1e-6 * points + 1e3 * np.arange(6)[codes, None]
    np.testing.assert_allclose(_found(points, codes), _expected(points, codes), rtol=1e-7)


def test_a_group_of_two_in_two_tiles_may_be_the_widest(rng):
    codes = np.repeat([0, 1, 2], [SIDE - 1, 2, SIDE - 1])
    points = rng.normal(size=(2 * SIDE, 3)) + 50.0 * codes[:, None]
    points[SIDE] += 30
    found = _found(points, codes)
    np.testing.assert_allclose(found, _expected(points, codes), rtol=1e-7)
    assert found[1] == pytest.approx(np.linalg.norm(points[SIDE] - points[SIDE - 1]))


@pytest.mark.parametrize("single", [0, 2 * SIDE - 1])
def test_a_single_point_of_one_tile_may_be_the_nearest_of_the_other(rng, single):
    """The first or the last of all, among points that else are of one group."""
    codes = np.ones(2 * SIDE, dtype=np.intp)
    codes[single] = 0 if single == 0 else 2
    points = rng.normal(size=(2 * SIDE, 3))
    points[single] += 20
    other = SIDE if single == 0 else SIDE - 1
    points[other] = points[single] + 0.5
    found = _found(points, codes)
    np.testing.assert_allclose(found, _expected(points, codes), rtol=1e-7)
    assert found[0] == pytest.approx(0.5 * 3**0.5)


def test_one_group_has_no_gap_and_single_points_no_width():
    points = np.array([[0.0], [1.0], [5.0]])
    assert _found(points, np.zeros(3, dtype=np.intp)).tolist() == [np.inf, 5]
    assert _found(points, np.arange(3)).tolist() == [1, 0]


def test_entries_that_may_beat_the_record_are_those_within_the_slack():
    tile = np.array([[1.0, 9.0, 11.0, 12.5, 20.0]])
    nearest, farthest = _Record(1, 1), _Record(-1, 1)
    nearest.offer(np.array([10.0]))
    farthest.offer(np.array([10.0]))
    assert nearest.promising(tile, 2.0).tolist() == [0, 1, 2]
    assert farthest.promising(tile, 2.0).tolist() == [1, 2, 3, 4]
    assert nearest.promising(tile, 0.0).tolist() == [0, 1]
    assert farthest.promising(tile, 0.0).tolist() == [2, 3, 4]
    assert nearest.promising(tile + 20, 2.0).tolist() == []
    assert farthest.promising(tile - 20, 2.0).tolist() == []
    nearest.offer(np.array([12.0, 8.0]))
    farthest.offer(np.array([12.0, 8.0]))
    assert (nearest.best, farthest.best) == (8.0, 12.0)
    assert nearest.is_beaten_by(7.9)
    assert not nearest.is_beaten_by(8.0)
    assert farthest.is_beaten_by(12.1)
    assert not farthest.is_beaten_by(12.0)


@pytest.mark.parametrize("d", [5, 200])
def test_views_bound_the_squares_from_below_and_from_above(rng, d):
    n = 200
    points = rng.normal(size=(n, d)) * np.linspace(2, 0.5, d) + 3
    centering = Centering.of(points)
    search = _Search(points, centering, np.zeros(n, dtype=np.intp))
    everything = slice(0, n)
    place = _Place(search, everything)
    rows = _Side(search, everything, place, View.of_rows)
    columns = _Side(search, everything, place, View.of_columns)
    exact = cdist(points, points, "sqeuclidean") * centering.scale**2
    parts, rests = search.projections[:, :-1], search.projections[:, -1]
    between = cdist(parts, parts, "sqeuclidean")
    views = {
        "below": (rows.from_below, between + (rests[:, None] - rests) ** 2),
        "above": (rows.from_above, between + (rests[:, None] + rests) ** 2),
    }
    for view, expected in views.values():
        found = view.operand @ columns.from_below.operand
        slack = _rounding(view, columns.from_below)
        assert np.abs(found - expected).max() <= slack
        assert slack < 1e-3 * expected.max()
    assert (views["below"][1] <= exact + 1e-9).all()
    off_diagonal = ~np.eye(n, dtype=bool)
    assert (views["above"][1] >= exact - 1e-9)[off_diagonal].all()
    whole = rows.whole.operand @ columns.whole.operand
    assert np.abs(whole - exact).max() <= _rounding(rows.whole, columns.whole)


def test_most_tiles_are_not_looked_at_in_full(rng):
    """Groups far apart: the widest and the nearest pair lie in few tiles, which bounds tell."""
    n, d = 4000, 200
    codes = np.repeat(np.arange(8), n // 8)
    points = rng.normal(size=(n, 10)) @ rng.normal(size=(10, d)) + 0.1 * rng.normal(size=(n, d))
    points += 8 * rng.normal(size=(8, d))[codes]
    centering = Centering.of(points)
    measured = []

    class Counted(_Search):
        def _measured(self, here, there, positions):
            measured.append(len(positions))
            return super()._measured(here, there, positions)

    search = Counted(points, centering, codes)
    for look in (search.scout, search.settle):
        for start in range(0, n, _BLOCK):
            search.look_from(slice(start, min(start + _BLOCK, n)), look)
    found = np.sqrt([search.nearest.best, search.farthest.best]) / centering.scale
    np.testing.assert_allclose(found, _expected(points, codes), rtol=1e-7)
    assert sum(measured) < 0.01 * n * n
