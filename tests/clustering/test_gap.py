import numpy as np
import pytest
from sklearn.datasets import make_blobs

from latens.clustering import KMeans
from latens.clustering.gap import Gaps, _references, gap_statistic
from latens.exceptions import DataError, ParameterError


def test_the_gap_finds_groups_and_that_there_are_none(rng):
    Z, _ = make_blobs(200, centers=[[0, 0], [9, 0], [0, 9], [9, 9]], random_state=0)
    assert gap_statistic(Z, range(1, 7), n_references=5, random_state=0).best == 4
    even = rng.uniform(size=(200, 2))
    assert gap_statistic(even, range(1, 5), n_references=5, random_state=0).best == 1


def test_one_cluster_has_a_closed_form(rng):
    # The inertia of one cluster is the variance; that of a uniform box of sides s is sum(s^2) / 12.
    Z = rng.normal(size=(4000, 2)) * [5, 1]
    gaps = gap_statistic(Z, [1], n_references=20, random_state=0)
    sides = np.ptp(Z @ np.linalg.eigh(np.cov(Z.T))[1], axis=0)
    expected = np.log((sides**2).sum() / 12) - np.log(Z.var(axis=0).sum())
    assert gaps.gaps[0] == pytest.approx(expected, abs=0.02)
    assert 0 < gaps.errors[0] < 0.05


def test_scale_shift_and_rotation_mean_nothing(rng):
    Z = rng.normal(size=(120, 2)) * [4, 1]
    turn = np.array([[0.6, -0.8], [0.8, 0.6]])
    before = gap_statistic(Z, [1, 2], n_references=20, random_state=0)
    after = gap_statistic(1e20 * (Z @ turn + 7), [1, 2], n_references=20, random_state=0)
    np.testing.assert_allclose(after.gaps, before.gaps, atol=4 * before.errors.max())


def test_the_seed_makes_it_reproducible(rng):
    Z = rng.normal(size=(60, 2))
    first, again = (gap_statistic(Z, [2, 3], random_state=5) for _ in range(2))
    assert np.array_equal(first.gaps, again.gaps)
    assert np.array_equal(first.errors, again.errors)


def test_the_gap_is_that_of_the_inertia(rng):
    Z = rng.normal(size=(50, 2))
    gaps = gap_statistic(Z, [1, 2], random_state=0).gaps
    inertia = KMeans(2, n_init=3, random_state=0).fit(Z).inertia_
    reference = gaps[1] + np.log(inertia)
    assert gaps[0] + np.log(KMeans(1).fit(Z).inertia_) > reference


@pytest.mark.parametrize(
    ("gaps", "errors", "best"),
    [
        ([1.0, 2.0, 1.5], [0.1, 0.1, 0.1], 2),
        ([1.0, 1.05, 3.0], [0.1, 0.1, 0.1], 1),  # the next is not better by its error
        ([1.0, 2.0, 3.0], [0.1, 0.1, 0.1], 3),  # every number is beaten by the next
    ],
)
def test_the_rule_of_the_paper_chooses(gaps, errors, best):
    assert Gaps((1, 2, 3), np.array(gaps), np.array(errors)).best == best
    backwards = Gaps((3, 2, 1), np.array(gaps[::-1]), np.array(errors[::-1]))
    assert backwards.best == best


def test_what_cannot_be_done_is_refused():
    with pytest.raises(ParameterError, match=r"'ks' parameter of gap_statistic .*samples, 3"):
        gap_statistic([[0.0], [1.0], [2.0]], [4])
    with pytest.raises(ParameterError, match="'n_references' parameter of gap_statistic"):
        gap_statistic([[0.0], [1.0], [2.0]], [2], n_references=1)
    with pytest.raises(DataError, match="finite"):
        gap_statistic([[0.0], [np.nan], [2.0]], [2])


def test_as_many_clusters_as_points_leave_a_number():
    gaps = gap_statistic([[0.0], [1.0], [5.0]], [1, 3], n_references=2, random_state=0)
    assert np.isfinite(gaps.gaps).all()


@pytest.mark.parametrize("n_references", [2, 5])
def test_the_error_is_that_of_the_paper(rng, n_references):
    """The deviation over the references, by their number, times sqrt(1 + 1 / B): the simulation counts."""
    Z = rng.normal(size=(80, 2)) * [5, 1]
    gaps = gap_statistic(Z, [1], n_references=n_references, random_state=3)
    # One cluster needs no K-means: its inertia is that around the mean.
    centered = Z - Z.mean(0)
    logs = np.array(
        [
            np.log(np.square(one - one.mean(0)).sum())
            for one in _references(centered, n_references, seed=3)
        ]
    )
    spread = np.sqrt(np.square(logs - logs.mean()).sum() / n_references)
    assert gaps.errors[0] == pytest.approx(spread * np.sqrt(1 + 1 / n_references), rel=1e-6)
    expected = logs.mean() - np.log(np.square(centered).sum())
    assert gaps.gaps[0] == pytest.approx(expected, rel=1e-6)
