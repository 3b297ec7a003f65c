"""What the detector finds, on data whose anomalies are known, and on data that are odd in themselves."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import roc_auc_score
from sklearn.utils.estimator_checks import parametrize_with_checks

from latens.applications import AnomalyDetector
from latens.applications.anomalies import detector as detector_module
from latens.applications.anomalies.columns import Ranges
from latens.exceptions import DataError, ParameterError
from latens.models import VAE, Autoencoder
from latens.networks import MLP
from latens.training import Trainer

QUICK = Trainer(max_epochs=3, batch_size=64, callbacks=(), device="cpu")


def quick(**parameters) -> AnomalyDetector:
    """A detector whose network is small and hardly trained."""
    model = Autoencoder(2, network=MLP((8,)), trainer=QUICK)
    return AnomalyDetector(**{"model": model, "random_state": 0, **parameters})


@pytest.fixture
def X(rng) -> np.ndarray:
    return rng.normal(size=(120, 2)) @ rng.normal(size=(2, 5)) + 0.1 * rng.normal(size=(120, 5))


@parametrize_with_checks([quick()])
def test_scikit_learn_checks(estimator, check):
    check(estimator)


def test_what_breaks_the_relation_of_columns_is_most_unusual_to_the_model(X):
    """The odd row has usual values in every column, but not together."""
    across = np.linalg.svd(X - X.mean(axis=0))[2][2]
    odd = X.mean(axis=0) + across * 2 / np.abs(across / X.std(axis=0)).max()
    detector = AnomalyDetector(random_state=0).fit(X)
    assert (np.abs(odd - X.mean(axis=0)) < 2.01 * X.std(axis=0)).all()
    assert detector.parts(odd[None])["model"] > detector.parts(X)["model"].max()
    assert detector.score_samples(odd[None]) < np.quantile(detector.score_samples(X), 0.02)
    assert np.mean(detector.predict(X) == 1) > 0.9


def test_the_column_that_was_changed_is_named(X):
    rows = X[:5].copy()
    rows[:, 3] += 10 * X.std(axis=0)[3]
    detector = quick().fit(X)
    shares = detector.explain(rows)
    assert (shares.argmax(axis=1) == 3).all()
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    assert (shares >= 0).all()
    assert (detector.predict(rows) == -1).all()


def test_real_tumours_are_told_apart_without_labels():
    """Learning from benign ones alone; their mean distance in PCA coordinates reaches 0.94 or so."""
    data = load_breast_cancer()
    benign, malignant = data.data[data.target == 1], data.data[data.target == 0]
    detector = AnomalyDetector(random_state=0).fit(benign[::2])
    scores = detector.score_samples(np.vstack([benign[1::2], malignant]))
    truth = np.r_[np.zeros(len(benign[1::2])), np.ones(len(malignant))]
    assert roc_auc_score(truth, -scores) > 0.93


def test_a_small_group_of_anomalies_does_not_hide_itself(rng):
    """Each of them has near neighbors, the others of the group; many neighbors see that they are few."""
    crowd, group = rng.normal(size=(300, 4)), 6 + 0.05 * rng.normal(size=(12, 4))
    detector = quick().fit(np.vstack([crowd, group]))
    assert detector.score_samples(group).max() < np.quantile(detector.score_samples(crowd), 0.05)


def test_contamination_is_the_share_of_the_samples_learned_from(X):
    detector = quick(contamination=0.1).fit(X)
    assert (detector.predict(X) == -1).sum() == 12
    np.testing.assert_array_equal(quick(contamination=0.1).fit_predict(X), detector.predict(X))


def test_the_line_for_a_share_lies_between_the_samples_learned_from(X):
    detector = quick(contamination=0.1).fit(X)
    scores = np.sort(detector.score_samples(X))
    assert scores[11] < detector.offset_ < scores[12]
    assert detector.own_offset_ == detector.offset_
    np.testing.assert_allclose(
        detector.decision_function(X), detector.score_samples(X) - detector.offset_
    )


def test_the_score_of_a_table_is_that_of_its_neighbors(X):
    """Whatever the network: it cannot pull the detector below its own neighbors."""
    detector = quick().fit(X)
    assert detector.rule_ == "table"
    np.testing.assert_array_equal(detector.score_samples(X), -detector.parts(X)["neighbours"])


def test_the_score_of_an_image_is_made_of_both(digits):
    detector = quick().fit(digits[:100])
    parts = detector.parts(digits)
    expected = -(parts["neighbours"] + 2 * parts["model"]) / 3
    np.testing.assert_allclose(detector.score_samples(digits), expected)


def test_one_seed_gives_one_detector(X):
    first, second = (AnomalyDetector(random_state=3).fit(X).score_samples(X) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_units_of_columns_do_not_matter(X):
    factors = np.array([1e-9, 1.0, 1e3, 1e9, 1e14])
    plain, scaled = (
        quick().fit(X).score_samples(X),
        quick().fit(X * factors).score_samples(X * factors),
    )
    np.testing.assert_allclose(plain, scaled, rtol=1e-3, atol=1e-3)


def test_a_patch_in_an_image_is_found_where_it_is(digits):
    known, new = digits[:600], digits[600:640].copy()
    new[:, 0:2, 0:2] = 16
    detector = quick().fit(known)
    assert (
        roc_auc_score(
            np.r_[np.zeros(40), np.ones(40)], -detector.score_samples(np.r_[digits[600:640], new])
        )
        > 0.95
    )
    shares = detector.explain(new)
    assert shares.shape == new.shape
    assert shares[:, :3, :3].sum(axis=(1, 2)).mean() > 0.5


def test_images_in_color(digits):
    color = np.repeat(digits[:80, :, :, None], 3, axis=3)
    detector = quick().fit(color)
    assert detector.explain(color[:2]).shape == (2, 8, 8, 3)


def test_a_fitted_model_is_used_as_it_is(X):
    model = VAE(2, network=MLP((8,)), trainer=QUICK, random_state=0).fit(X)
    before = model.transform(X)
    detector = AnomalyDetector(model).fit(X)
    assert detector.model_ is model
    np.testing.assert_array_equal(model.transform(X), before)
    assert detector.predict(X[:1] + 100)[0] == -1


def test_a_given_model_is_cloned(X):
    model = Autoencoder(2, network=MLP((8,)), trainer=QUICK)
    detector = AnomalyDetector(model, random_state=0).fit(X)
    assert not hasattr(model, "network_")
    assert detector.model_.latent_dim == 2


def _odd_tables() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    plain = rng.normal(size=(60, 4))
    spiked = plain.copy()
    spiked[0, 0] = 1e300
    mostly = np.zeros((60, 4))
    mostly[3] = 1.0
    return {
        "all equal": np.ones((30, 3)),
        "one constant column": np.c_[plain, np.full(60, 7.0)],
        "every row twice": np.vstack([plain, plain]),
        "few different rows": rng.integers(0, 2, size=(80, 3)).astype(float),
        "ten rows": plain[:10],
        "two rows": plain[:2],
        "one column": plain[:, :1],
        "wide": rng.normal(size=(20, 300)),
        "heavy tails": rng.standard_cauchy(size=(80, 4)) ** 3,
        "one huge value": spiked,
        "tiny values": plain * 1e-300,
        "nearly all zeros": mostly,
        "bytes": rng.integers(0, 256, size=(60, 4)).astype(np.uint8),
        "integers": rng.integers(-5, 5, size=(60, 4)),
        "booleans": rng.integers(0, 2, size=(60, 4)).astype(bool),
    }


@pytest.mark.parametrize("name", _odd_tables())
def test_odd_tables_get_finite_scores(name):
    table = _odd_tables()[name]
    detector = quick().fit(table)
    assert np.isfinite(detector.score_samples(table)).all()
    assert np.isfinite(detector.explain(table)).all()
    assert set(detector.predict(table)) <= {-1, 1}


@pytest.mark.parametrize("name", ["one constant column", "every row twice", "ten rows", "wide"])
def test_odd_tables_do_not_hide_a_plain_anomaly(name):
    table = _odd_tables()[name]
    odd = table[0] + 50.0
    detector = quick().fit(table)
    assert detector.predict(odd[None])[0] == -1
    assert detector.score_samples(odd[None])[0] < detector.score_samples(table).min()


def test_a_value_that_a_constant_column_never_had_is_odd(X):
    detector = quick().fit(np.c_[X, np.full(len(X), 7.0)])
    row = np.r_[X[0], 8.0]
    assert detector.predict(row[None])[0] == -1
    assert detector.explain(row[None])[0].argmax() == 5


@pytest.mark.parametrize("value", [1.0, 2.0, 3.3])
def test_if_all_are_alike_none_is_an_anomaly(value):
    table = np.full((30, 5), value)
    detector = quick().fit(table)
    assert (detector.predict(table) == 1).all()
    # In other company, too, though networks round by the size of a batch.
    np.testing.assert_array_equal(detector.predict(np.vstack([table[:1], table[:1] + 9])), [1, -1])


def test_if_half_are_anomalies_the_others_stay_normal(rng):
    """With half of all far from each other and from the rest, the rest are what is dense."""
    crowd, wild = rng.normal(size=(100, 3)), 30 * rng.normal(size=(80, 3))
    detector = quick().fit(np.vstack([crowd, wild]))
    assert np.mean(detector.predict(crowd) == 1) > 0.95
    assert (
        roc_auc_score(
            np.r_[np.zeros(100), np.ones(80)], -detector.score_samples(np.vstack([crowd, wild]))
        )
        > 0.9
    )


def test_frames_sparse_and_dense_give_the_same(X):
    dense = quick().fit(X).score_samples(X)
    frame = pd.DataFrame(X, columns=list("abcde"))
    np.testing.assert_allclose(quick().fit(frame).score_samples(frame), dense, atol=1e-5)
    matrix = sparse.csr_matrix(X)
    np.testing.assert_allclose(quick().fit(matrix).score_samples(matrix), dense, atol=1e-5)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (np.array([[1.0, np.nan], [1, 2], [3, 4]]), "NaN"),
        (np.array([[1.0, np.inf], [1, 2], [3, 4]]), "infinity"),
        (np.empty((0, 3)), "0 sample"),
        (np.ones((1, 3)), "minimum of 2"),
        (np.ones(5), "1D array"),
    ],
)
def test_bad_samples_are_refused(bad, words):
    with pytest.raises(ValueError, match=words):
        quick().fit(bad)


def test_another_width_is_refused(X, digits):
    with pytest.raises(ValueError, match="5 features"):
        quick().fit(X).score_samples(X[:, :4])
    with pytest.raises(DataError, match=r"samples of shape \(4, 8\)"):
        quick().fit(digits[:60]).score_samples(digits[:2, :4])


def test_a_fitted_model_of_another_shape_is_refused(X):
    model = Autoencoder(2, network=MLP((8,)), trainer=QUICK).fit(X)
    with pytest.raises(DataError, match="was fitted on samples of shape"):
        AnomalyDetector(model).fit(X[:, :4])


@pytest.mark.parametrize("value", [0, 0.6, -1, "often", None])
def test_contamination_outside_its_range_is_refused(X, value):
    with pytest.raises(
        ParameterError, match="The 'contamination' parameter of AnomalyDetector must"
    ):
        quick(contamination=value).fit(X)


def test_ranges_are_undone_inside_and_outside(X):
    ranges = Ranges.fit(X)
    wide = np.vstack([X, 1e6 * X])
    np.testing.assert_allclose(ranges.undo(ranges.apply(wide)), wide, rtol=1e-9, atol=1e-12)


def test_explanations_are_made_in_blocks(X, monkeypatch):
    detector = quick().fit(X)
    whole, sizes = detector.explain(X), []
    see = detector._see
    monkeypatch.setattr(detector_module, "_BLOCK_VALUES", 50)
    monkeypatch.setattr(detector, "_see", lambda rows: sizes.append(len(rows)) or see(rows))
    np.testing.assert_allclose(detector.explain(X), whole, rtol=1e-5)
    assert max(sizes) == 10


def test_columns_are_forgotten_once_it_is_fitted_on_images(X, digits):
    detector = quick().fit(pd.DataFrame(X, columns=list("abcde")))
    assert not hasattr(detector.fit(digits[:50]), "feature_names_in_")
