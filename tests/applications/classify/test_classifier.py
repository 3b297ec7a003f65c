"""The classifier as scikit-learn and as people use it."""

import threading

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import cross_val_score
from sklearn.utils.estimator_checks import parametrize_with_checks

from latens.applications import Consistency, FewLabelClassifier, Probe, Propagation
from latens.applications.classify.comparison import compare_few_labels
from latens.data import load
from latens.exceptions import DataError, ParameterError
from latens.models import Autoencoder
from latens.networks import MLP
from latens.training import Callback, Trainer

QUICK = Trainer(max_epochs=2, batch_size=32, callbacks=())
ENOUGH = Trainer(max_epochs=20, batch_size=16, callbacks=())
METHODS = ("probe", "propagation", "fine-tune")


def quick_model(**parameters):
    settings = {"latent_dim": 4, "network": MLP((32,)), "trainer": ENOUGH, "random_state": 0}
    return Autoencoder(**{**settings, **parameters})


def quick(method="propagation", **parameters):
    settings = {"model": quick_model(), "trainer": ENOUGH, "random_state": 0}
    return FewLabelClassifier(**{**settings, **parameters}, method=method)


@pytest.fixture(scope="module")
def groups():
    """Three distant groups of 40 in 6 columns; the first 3 of each have a label."""
    rng = np.random.default_rng(0)
    truth = np.repeat([0, 1, 2], 40)
    X = 5 * rng.normal(size=(3, 6))[truth] + rng.normal(size=(120, 6))
    given = np.where(np.arange(120) % 40 < 3, truth, -1)
    return X, truth, given


@pytest.fixture(scope="module")
def fitted(groups):
    """A model of the groups."""
    return quick_model().fit(groups[0])


# A label of -1 means that there is none, as in sklearn.semi_supervised, whose estimators are excused
# from the same parts of these checks.
MINUS_ONE = "the classes of this check are -1 and 1, and -1 means no label"
EXPECTED = {"check_classifiers_classes": MINUS_ONE}


@parametrize_with_checks(
    [quick(method, model=quick_model(trainer=QUICK)) for method in ("probe", "propagation")],
    expected_failed_checks=lambda _: EXPECTED,
)
def test_what_scikit_learn_asks_of_a_classifier(estimator, check):
    check(estimator)


@pytest.mark.parametrize("method", METHODS)
def test_distant_groups_are_told_apart_with_three_labels_each(groups, fitted, method):
    X, truth, given = groups
    few = quick(method, model=fitted).fit(X, given)
    assert (few.transduction_ == truth).mean() > 0.97
    assert (few.predict(X) == truth).mean() > 0.97
    assert np.allclose(few.predict_proba(X).sum(axis=1), 1)
    assert len(few.transform(X)) == len(X)
    assert len(few.get_feature_names_out()) == few.transform(X).shape[1]


@pytest.mark.parametrize("method", METHODS)
def test_the_same_seed_gives_the_same_probabilities(groups, fitted, method):
    X, _, given = groups
    first, second = (quick(method, model=fitted).fit(X, given).predict_proba(X) for _ in range(2))
    assert np.array_equal(first, second)


@pytest.mark.parametrize("method", METHODS)
def test_a_fully_labeled_fit(groups, fitted, method):
    X, truth, _ = groups
    few = quick(method, model=fitted).fit(X, truth)
    assert few.score(X, truth) > 0.97
    assert np.array_equal(few.transduction_, truth)


def test_gaps_may_be_minus_one_none_or_nan_and_labels_of_any_kind(groups, fitted):
    X, _, given = groups
    names = np.array(["cat", "dog", "eel"], dtype=object)
    strings = np.where(given >= 0, names[given], None)
    floats = np.where(given >= 0, given + 5.0, np.nan)
    by_code, by_name, by_float = (quick(model=fitted).fit(X, y) for y in (given, strings, floats))
    assert by_name.classes_.tolist() == ["cat", "dog", "eel"]
    assert by_float.classes_.tolist() == [5.0, 6.0, 7.0]
    assert np.array_equal(names[by_code.transduction_], by_name.transduction_)
    assert np.array_equal(by_code.predict_proba(X), by_name.predict_proba(X))
    by_list = quick(model=fitted).fit(X, list(strings))
    assert np.array_equal(by_code.predict_proba(X), by_list.predict_proba(X))
    assert np.array_equal(by_code.predict_proba(X), by_float.predict_proba(X))


def test_a_fitted_model_is_used_as_it_is(groups, fitted):
    X, _, given = groups
    assert quick(model=fitted).fit(X[::2], given[::2]).model_ is fitted
    assert clone(quick(model=FrozenEstimator(fitted))).fit(X, given).model_ is fitted


def test_an_unfitted_model_is_cloned_and_sees_no_labels(groups):
    X, _, given = groups
    model = quick_model()
    few = quick(model=model).fit(X, given)
    assert not hasattr(model, "network_")
    assert np.array_equal(few.model_.transform(X), quick_model().fit(X).transform(X))


def test_fine_tuning_leaves_the_model_as_it_was(groups, fitted):
    X, _, given = groups
    before = fitted.transform(X)
    quick("fine-tune", model=fitted, trainer=QUICK).fit(X, given)
    assert np.array_equal(fitted.transform(X), before)


def test_cross_validation_with_a_frozen_model(groups, fitted):
    X, truth, _ = groups
    few = quick("probe", model=FrozenEstimator(fitted))
    assert cross_val_score(few, X, truth, cv=3).mean() > 0.9


def test_auto_chooses_by_the_data_alone(groups, fitted):
    X, truth, given = groups
    assert isinstance(quick("auto", model=fitted).fit(X, given).method_, Propagation)
    assert isinstance(quick("auto", model=fitted).fit(X, truth).method_, Probe)
    images = np.random.default_rng(0).integers(0, 255, (20, 8, 8)).astype(np.uint8)
    few = quick("auto", model=quick_model(trainer=QUICK), trainer=QUICK)
    chosen = few.fit(images, np.arange(20) % 2).method_
    assert isinstance(chosen, Consistency)


def test_a_class_with_a_single_sample(groups, fitted):
    X, _, given = groups
    X, given = np.vstack([X, np.full((1, 6), 50.0)]), np.append(given, 9)
    for method in METHODS:
        few = quick(method, model=fitted, trainer=QUICK).fit(X, given)
        assert few.classes_.tolist() == [0, 1, 2, 9]
        assert few.transduction_[-1] == 9


def test_few_labels_beat_a_probe_on_digits_by_their_graph():
    digits = load("digits")
    rng = np.random.default_rng(0)
    y = np.full(len(digits), -1)
    for code in range(10):
        y[rng.choice(np.flatnonzero(digits.y == code), 5, replace=False)] = code
    model = Autoencoder(16, trainer=Trainer(5, callbacks=()), random_state=0).fit(digits.X)
    hidden = y < 0
    right = {
        method: (quick(method, model=model).fit(digits.X, y).transduction_ == digits.y)[
            hidden
        ].mean()
        for method in ("probe", "propagation")
    }
    assert right["propagation"] > right["probe"] + 0.05
    assert right["propagation"] > 0.9


@pytest.mark.parametrize(
    ("y", "words"),
    [
        (None, "requires y to be passed"),
        ([-1] * 120, "All labels are missing"),
        ([None] * 120, "All labels are missing"),
        ([7] * 60 + [-1] * 60, "at least 2 classes.*Got 1 class, 7, on 60 of 120"),
        (["a", 1] * 60, "all strings or all numbers"),
        ([0, 1] * 61, "inconsistent numbers of samples"),
        ([0.5, 1.7] * 60, "Unknown label type"),
        ([np.inf] * 120, "y contains infinity"),
    ],
)
def test_labels_that_cannot_be_used_are_refused_in_words(groups, fitted, y, words):
    with pytest.raises(ValueError, match=words):
        quick(model=fitted).fit(groups[0], y)


def test_samples_that_cannot_be_used_are_refused_in_words(groups, fitted):
    X, _, given = groups
    few = quick(model=fitted).fit(X, given)
    with pytest.raises(ValueError, match="X has 5 features, but"):
        few.predict(X[:, :5])
    with pytest.raises(ValueError, match="contains NaN"):
        few.predict(np.where(X[0, 0] == X, np.nan, X))
    with pytest.raises(DataError, match=r"the model of FewLabelClassifier was fitted on .*\(6,\)"):
        quick(model=few.model_).fit(X[:, :5], given)
    with pytest.raises(
        ParameterError, match="'method' parameter of FewLabelClassifier must be one"
    ):
        quick("best", model=fitted).fit(X, given)
    with pytest.raises(ParameterError, match="'alpha' parameter of Propagation"):
        quick(Propagation(alpha=1.0), model=fitted).fit(X, given)


def test_unseen_labels_count_as_errors(groups, fitted):
    X, _, given = groups
    few = quick(model=fitted).fit(X, given)
    assert few.score(X, np.full(120, 77)) == 0


def test_an_unfitted_model_without_a_seed_takes_that_of_the_classifier(groups):
    X, _, given = groups
    codes = [
        quick(model=quick_model(random_state=None, trainer=QUICK)).fit(X, given).transform(X)
        for _ in range(2)
    ]
    np.testing.assert_array_equal(*codes)


def test_columns_are_forgotten_once_it_is_fitted_on_images(groups):
    X, _, given = groups
    few = quick("probe", model=quick_model(trainer=QUICK))
    few.fit(pd.DataFrame(X, columns=list("abcdef")), given)
    assert not hasattr(few.fit(X.reshape(-1, 2, 3), given), "feature_names_in_")


def test_methods_of_one_kind_are_compared_by_their_settings(groups, fitted):
    X, truth, _ = groups
    methods = (Propagation(3), Propagation(50), "probe", Propagation(3))
    errors = compare_few_labels(fitted, (X, truth), (X, truth), per_class=3, methods=methods)
    assert [e.name for e in errors if not e.is_floor] == [
        "propagation on codes, Propagation(n_neighbors=3)",
        "propagation on codes, Propagation(n_neighbors=50)",
        "linear probe of codes",
    ]


def test_one_class_alone_cannot_be_compared(groups, fitted):
    X, truth, _ = groups
    with pytest.raises(DataError, match="at least 2 classes"):
        compare_few_labels(fitted, (X, np.zeros(len(X), int)), (X, truth))


def test_the_callbacks_of_a_model_hear_its_training(groups):
    class Listener(Callback):
        def __init__(self):
            self.heard = []
            self.lock = threading.Lock()  # which cannot be copied

        def on_epoch(self, epoch):
            self.heard.append(epoch.number)

    listener = Listener()
    model = quick_model(trainer=Trainer(max_epochs=2, callbacks=[listener]))
    X, y = groups[:2]
    FewLabelClassifier(model, method="probe", random_state=0).fit(X, y)
    assert listener.heard == [1, 2]
