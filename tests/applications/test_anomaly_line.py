"""The line keeps what it promises for samples that were not learned from, or says that it does not."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from latens.applications import AnomalyDetector
from latens.applications.anomalies.alerts import alert_of
from latens.applications.anomalies.comparison import compare_rankings
from latens.applications.anomalies.distances import follow_one_another
from latens.applications.anomalies.held_out_distances import (
    from_earlier_rows,
    from_other_folds,
    like_held_out,
)
from latens.applications.anomalies.threshold import line_at
from latens.exceptions import DataError
from latens.models import Autoencoder
from latens.networks import MLP
from latens.training import Trainer

MODEL = Autoencoder(
    2,
    network=MLP((8,)),
    trainer=Trainer(max_epochs=2, batch_size=256, callbacks=(), device="cpu"),
    random_state=0,
)
MIXING = np.random.default_rng(9).normal(size=(3, 20))

NORMAL = {
    "gaussian": lambda n, rng: rng.normal(size=(n, 60)),
    "columns of t with 3 degrees": lambda n, rng: rng.standard_t(3, (n, 20)),
    "correlated": lambda n, rng: rng.normal(size=(n, 3)) @ MIXING + 0.2 * rng.normal(size=(n, 20)),
    "log-normal": lambda n, rng: rng.lognormal(size=(n, 6)),
}


def detector(**parameters) -> AnomalyDetector:
    return AnomalyDetector(MODEL, **{"random_state": 0, **parameters})


def flagged(fitted: AnomalyDetector, X: np.ndarray) -> float:
    return float(np.mean(fitted.decision_function(X) < 0))


@pytest.mark.parametrize("name", NORMAL)
@pytest.mark.parametrize("contamination", ["auto", 0.05])
def test_fresh_normal_rows_are_flagged_at_the_promised_rate(name, contamination):
    """The mean over eight tables of 300 rows lies within 1 percentage point."""
    shares = []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        fitted = detector(contamination=contamination).fit(NORMAL[name](300, rng))
        shares.append(flagged(fitted, NORMAL[name](1000, rng)))
    assert np.mean(shares) == pytest.approx(fitted.rate_, abs=0.01)


@pytest.mark.slow
@pytest.mark.parametrize("name", NORMAL)
@pytest.mark.parametrize("n", [1000, 5000])
def test_the_promise_holds_for_larger_tables(name, n):
    for contamination in ("auto", 0.05):
        shares = []
        for seed in range(3):
            rng = np.random.default_rng(seed)
            fitted = detector(contamination=contamination).fit(NORMAL[name](n, rng))
            shares.append(flagged(fitted, NORMAL[name](2000, rng)))
        assert np.mean(shares) == pytest.approx(fitted.rate_, abs=0.01)


def test_the_line_of_images_is_that_of_those_held_out(digits):
    """A network that overfits makes residuals of its own images small; those it held out say by how much."""
    trainer = Trainer(max_epochs=60, batch_size=128, callbacks=(), device="cpu")
    model = Autoencoder(22, network=MLP((256,)), trainer=trainer, random_state=0)
    order = np.random.default_rng(0).permutation(len(digits))
    known, new = digits[order[:1000]], digits[order[1000:]]
    fitted = AnomalyDetector(model, contamination=0.05, random_state=0).fit(known)
    scores = fitted.score_samples(new)
    # One line from 1,000 images, scored on 797: its own deviation is 2 percentage points.
    assert flagged(fitted, new) == pytest.approx(0.05, abs=0.04)
    assert np.mean(scores < fitted.own_offset_) > 0.12
    assert np.mean(fitted.score_samples(known) < fitted.own_offset_) == pytest.approx(0.05)


@pytest.mark.parametrize("share", [0.05, 0.1])
def test_anomalies_among_the_samples_do_not_hide_behind_the_line(rng, share):
    n_odd = round(300 * share)
    X = np.vstack([rng.normal(size=(300 - n_odd, 5)), rng.normal(size=(n_odd, 5)) + 8])
    fitted = detector().fit(X)
    odd, normal = rng.normal(size=(100, 5)) + 8, rng.normal(size=(1000, 5))
    assert flagged(fitted, normal) < 0.03
    assert flagged(fitted, odd) > 0.9


def test_the_line_of_exchangeable_scores_is_conformal(rng):
    """Of n scores and a new one, the new one is beyond with the asked probability."""
    beyond = [
        rng.normal() > line_at(rng.normal(size=99), 0.1, among_anomalies=False) for _ in range(4000)
    ]
    assert np.mean(beyond) == pytest.approx(0.1, abs=3 * (0.09 / 4000) ** 0.5)


def test_a_tail_of_anomalies_does_not_move_the_line_far(rng):
    normal, odd = rng.normal(size=2000), rng.normal(size=150) + 9
    clean = line_at(normal, 0.01, among_anomalies=True)
    assert clean == pytest.approx(norm.ppf(0.99), abs=0.3)
    mixed = np.r_[normal, odd]
    assert line_at(mixed, 0.01, among_anomalies=True) < clean + 2
    assert line_at(mixed, 0.01, among_anomalies=False) > 8


def test_no_more_than_the_promised_share_of_few_different_rows_is_flagged():
    """Half of the scores of such a table are equal, so that quantiles have no tail between them."""
    shares = []
    for seed in range(5):
        rng = np.random.default_rng(seed)
        fitted = detector().fit(rng.integers(0, 4, (1000, 4)))
        shares.append(flagged(fitted, rng.integers(0, 4, (1000, 4))))
    assert np.mean(shares) < 0.02


def test_equal_scores_are_not_beyond_the_line():
    assert (np.zeros(50) < line_at(np.zeros(50), 0.05, among_anomalies=True)).all()


def test_rows_of_other_folds_are_scored_without_the_row(rng):
    """A wild row defines no range that it is measured in, and moves none of its own distances."""
    X = rng.normal(size=(100, 3))
    counts = np.array([1, 5])
    found = from_other_folds(X, counts, np.random.default_rng(0))
    wild = X.copy()
    wild[7] *= 50
    again = from_other_folds(wild, counts, np.random.default_rng(0))
    assert found.shape == (100, 2)
    assert again[7, 0] > 4 * found[:, 0].max()


def test_later_rows_are_scored_by_earlier_ones_alone(rng):
    X = rng.normal(size=(200, 4)).cumsum(axis=0)
    changed = X.copy()
    changed[160:] += 100
    whole, other = from_earlier_rows(X), from_earlier_rows(changed)
    np.testing.assert_array_equal(whole[:80], other[:80])
    assert (other[80:] > whole[80:]).all()
    assert len(whole) == 120


def test_scores_trained_on_take_mean_and_spread_of_those_held_out(rng):
    unusual, is_held_out = rng.normal(size=200), np.arange(200) < 40
    unusual[is_held_out] = 3 + 2 * unusual[is_held_out]
    moved = like_held_out(unusual, is_held_out)
    np.testing.assert_array_equal(moved[:40], unusual[:40])
    assert moved[40:].mean() == pytest.approx(unusual[:40].mean())
    assert moved[40:].std() == pytest.approx(unusual[:40].std())
    for nobody in (np.zeros(200, bool), np.ones(200, bool)):
        np.testing.assert_array_equal(like_held_out(unusual, nobody), unusual)


def test_held_out_rows_are_those_that_training_takes_no_step_on(digits):
    from latens.training.loop import Loop

    seen = []
    run = Loop.run

    def note(loop):
        history = run(loop)
        seen.append(loop.validation_rows.numpy())
        return history

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Loop, "run", note)
        model = Autoencoder(2, trainer=Trainer(1, callbacks=(), device="cpu"), random_state=5)
        model.fit(digits[:90])
    np.testing.assert_array_equal(model.trainer.held_out_rows(90, seed=model.seed_), seen[0])


def windows(series: np.ndarray, width: int = 5) -> np.ndarray:
    cut = np.lib.stride_tricks.sliding_window_view(series, width, axis=0)
    return cut.reshape(len(cut), -1)


def sensors(rng, n: int, drift: float = 0.0) -> np.ndarray:
    """Eight sensors that follow three slow factors."""
    factors = np.zeros((n, 3))
    for step in range(1, n):
        factors[step] = 0.95 * factors[step - 1] + 0.3 * rng.normal(size=3)
    factors[:, 1] += drift * np.arange(n) / n
    mixing = np.random.default_rng(5).normal(size=(3, 8))
    return factors @ mixing + 0.3 * rng.normal(size=(n, 8))


def test_a_series_is_told_from_a_table_and_from_a_sorted_one(rng):
    series = windows(sensors(rng, 400))
    groups = rng.normal(size=(10, 6)).repeat(40, axis=0) * 5 + rng.normal(size=(400, 6))
    repeated = rng.integers(0, 2, size=(400, 3)).astype(float)
    assert follow_one_another(series)
    assert not follow_one_another(rng.permutation(series))
    assert not follow_one_another(groups)
    assert not follow_one_another(repeated)
    assert not follow_one_another(np.ones((400, 3)))
    assert not follow_one_another(series[:50])


def test_the_line_of_a_series_is_for_windows_that_come_later(rng):
    """Neighbors just before and after a window make it look normal, as no later window will."""
    X = windows(sensors(rng, 1600))
    known, later = X[:400], X[405:]
    fitted = detector().fit(known)
    assert fitted.rule_ == "series"
    assert flagged(fitted, later) < 0.03
    shuffled = detector().fit(rng.permutation(known))
    assert shuffled.rule_ == "table"
    assert flagged(shuffled, later) > 0.1


def test_a_column_of_a_series_that_is_off_is_found_and_named(rng):
    X = sensors(rng, 1200)
    later = X[600:620].copy()
    later[:, 3] += 4 * X[:, 3].std()
    fitted = detector().fit(X[:500])
    assert fitted.rule_ == "series"
    assert flagged(fitted, later) > 0.9
    assert (fitted.explain(later).argmax(axis=1) == 3).mean() > 0.8


def test_new_samples_of_another_kind_raise_an_alert(rng):
    X = rng.normal(size=(300, 4))
    fitted = detector().fit(X)
    assert fitted.alert(rng.normal(size=(200, 4))) is None
    with pytest.warns(UserWarning, match="differ as a whole"):
        fitted.predict(rng.normal(size=(200, 4)) + 5)
    assert "100 % of these samples lie beyond a line that 1 %" in fitted.alert(
        rng.normal(size=(200, 4)) + 50
    )
    # Five samples may all be anomalies.
    assert fitted.alert(X[:5] + 50) is None


def test_samples_that_are_all_a_little_more_unusual_raise_an_alert():
    """Nearly none is beyond the line, but half of them lie where a fifth should."""
    usual = np.linspace(-1.0, 1.0, 101)
    outer = float(np.quantile(usual, 0.2))
    assert alert_of(usual - 0.5, offset=-2, rate=0.01, outer=outer) is None
    words = alert_of(usual - 0.7, offset=-2, rate=0.01, outer=outer)
    assert words.startswith("Half of these samples are more unusual than 80 %")


def test_a_share_that_was_asked_for_is_no_alert():
    scores = np.linspace(-1, 1, 100)
    assert alert_of(scores, offset=-0.3, rate=0.3, outer=None) is None
    assert alert_of(scores, offset=-0.3, rate=0.01, outer=None) is not None


def test_a_series_and_its_line_come_back(tmp_path, rng):
    from latens.applications import load_detector

    X = windows(sensors(rng, 500))
    fitted = detector().fit(X[:300])
    again = load_detector(fitted.save(tmp_path / "detector"), device="cpu")
    assert (again.rule_, again.rate_, again.outer_) == ("series", 0.01, fitted.outer_)
    assert again.own_offset_ == fitted.own_offset_
    np.testing.assert_allclose(again.decision_function(X), fitted.decision_function(X), rtol=1e-6)
    np.testing.assert_allclose(again.explain(X[:5]), fitted.explain(X[:5]), rtol=1e-6)


def test_other_scores_stand_beside_the_detector(rng):
    X, odd = rng.normal(size=(300, 4)), rng.normal(size=(10, 4)) + 6
    fitted = detector().fit(pd.DataFrame(X, columns=list("abcd")))
    both = pd.DataFrame(np.vstack([X, odd]), columns=list("abcd"))
    truth = np.r_[np.zeros(300, bool), np.ones(10, bool)]
    rows = fitted.compare(both, truth)
    assert [row.name for row in rows] == [
        "AnomalyDetector",
        "neighbors only",
        "autoencoder only",
        "PCA residual",
        "PCA Mahalanobis",
    ]
    assert rows[0].shared == (fitted.predict(both) == -1).sum()
    assert rows[0].rank_correlation == rows[1].rank_correlation == 1
    assert rows[4].auroc > 0.99
    assert fitted.compare(both)[4].auroc is None
    with pytest.raises(DataError, match="one value for each of 310 samples"):
        fitted.compare(both, truth[:5])


def test_other_scores_stand_beside_that_of_images(digits):
    rows = detector().fit(digits[:100]).compare(digits[:150])
    assert all(-1 <= row.rank_correlation <= 1 for row in rows)


def test_rankings_are_compared_by_closed_forms():
    scores = {"ours": np.arange(6.0), "theirs": -np.arange(6.0), "constant": np.ones(6)}
    ours, theirs, constant = compare_rankings(scores, 2, np.arange(6) >= 4)
    assert (ours.shared, ours.rank_correlation, ours.auroc) == (2, 1, 1)
    assert (theirs.shared, theirs.rank_correlation, theirs.auroc) == (0, -1, 0)
    assert (constant.rank_correlation, constant.auroc) == (None, 0.5)
