import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import cdist
from sklearn.datasets import load_digits, make_blobs
from sklearn.metrics import adjusted_rand_score
from sklearn.utils.estimator_checks import check_estimator

from latens.clustering import KMeans, MiniBatchKMeans
from latens.clustering.kmeans.minibatch import _Patience
from latens.exceptions import DataError, ParameterError


def test_minibatch_kmeans_is_a_scikit_learn_estimator():
    results = check_estimator(MiniBatchKMeans(), on_skip=None)
    assert sum(result["status"] == "passed" for result in results) > 40


def test_the_inertia_comes_close_to_that_of_kmeans():
    digits = load_digits().data
    exact = KMeans(10, random_state=0).fit(digits).inertia_
    found = [MiniBatchKMeans(10, batch_size=256, random_state=s).fit(digits) for s in range(5)]
    assert np.mean([model.inertia_ for model in found]) < 1.05 * exact


def test_groups_that_stand_apart_are_found():
    X, y = make_blobs(4000, centers=8, n_features=5, cluster_std=0.5, random_state=3)
    model = MiniBatchKMeans(8, n_init=10, batch_size=300, random_state=0)
    assert adjusted_rand_score(y, model.fit_predict(X)) > 0.99
    assert adjusted_rand_score(y, model.predict(X.astype(np.float32))) > 0.99


def test_drawn_points_are_a_start_too(rng):
    X = rng.normal(size=(2000, 3))
    far, near = (MiniBatchKMeans(5, init=i, random_state=0).fit(X) for i in ("k-means++", "random"))
    assert near.inertia_ == pytest.approx(far.inertia_, rel=0.05)


@given(st.integers(0, 10**6), st.sampled_from([1e-15, 1.0, 1e15]), st.integers(-100, 100))
def test_one_step_moves_each_center_to_the_mean_of_what_it_has_seen(seed, scale, shift):
    rng = np.random.default_rng(seed)
    first, second = (rng.normal(size=(40, 2)) for _ in range(2))
    start, weights = np.array([[-1.0, 0.0], [1.0, 0.0]]), rng.integers(1, 4, 40)
    model = MiniBatchKMeans(2, init=(start + shift) * scale, random_state=0)
    seen, expected = np.zeros(2), start
    for X in (first, second):
        model.partial_fit((X + shift) * scale, sample_weight=weights)
        labels, total = cdist(X, expected).argmin(axis=1), expected * seen[:, None]
        np.add.at(total, labels, weights[:, None] * X)
        seen += np.bincount(labels, weights, minlength=2)
        expected = np.where(seen[:, None] > 0, total / np.maximum(seen, 1)[:, None], expected)
        if (seen < 1).any():  # a center that saw nothing is moved elsewhere
            return
    found = model.cluster_centers_ / scale - shift
    np.testing.assert_allclose(found, expected, atol=1e-9)
    np.testing.assert_allclose(model.weights_, seen)
    assert model.n_steps_ == 2


def test_partial_fit_learns_what_comes_in_parts():
    X, y = make_blobs(6000, centers=5, n_features=4, cluster_std=0.5, random_state=1)
    model = MiniBatchKMeans(5, n_init=10, random_state=0)
    for part in np.array_split(X, 12):
        model = pickle.loads(pickle.dumps(model.partial_fit(part)))
    assert model.n_steps_ == 12
    assert adjusted_rand_score(y, model.predict(X)) > 0.99
    assert model.labels_.shape == (500,)


def test_a_center_that_sees_nothing_is_moved_to_where_points_are(rng):
    X = np.concatenate([rng.normal(size=(500, 2)), 20 + rng.normal(size=(500, 2))])
    start = np.array([[0.0, 0.0], [1e6, 1e6]])
    model = MiniBatchKMeans(2, init=start, batch_size=100, random_state=0).fit(X)
    assert sorted(np.bincount(model.labels_)) == [500, 500]


def test_a_center_is_never_moved_to_a_point_without_weight(rng):
    X = np.concatenate([rng.normal(size=(500, 2)), 20 + rng.normal(size=(500, 2))])
    start = np.array([[0.0, 0.0], [1e6, 1e6]])
    model = MiniBatchKMeans(2, init=start, batch_size=100, random_state=0)
    model.fit(X, sample_weight=np.repeat([1.0, 0.0], 500))
    assert (np.abs(model.cluster_centers_) < 5).all()


def test_fit_ends_early_only_where_it_may(rng):
    X = rng.normal(size=(2000, 3))
    short = MiniBatchKMeans(5, batch_size=100, max_iter=50, random_state=0).fit(X)
    long = MiniBatchKMeans(
        5, batch_size=100, max_iter=50, max_no_improvement=None, random_state=0
    ).fit(X)
    assert short.n_steps_ < long.n_steps_ == 50 * 20
    assert long.n_iter_ == 50
    assert short.n_iter_ == -(-short.n_steps_ // 20)


@pytest.mark.parametrize(("batch_size", "n_batches"), [(100, 20), (1000, 2)])
def test_fit_ends_where_the_mean_error_of_about_one_epoch_has_not_fallen_for_ten_steps(
    rng, batch_size, n_batches
):
    errors = []

    class Recorded(MiniBatchKMeans):
        def _step(self, *arguments):
            errors.append(super()._step(*arguments))
            return errors[-1]

    Recorded(5, batch_size=batch_size, random_state=0).fit(rng.normal(size=(2000, 3)))
    smoothed = pd.Series(errors).ewm(span=n_batches, adjust=False).mean()
    assert len(errors) - 1 - smoothed.argmin() == 10


def test_the_seed_decides(rng):
    X = rng.normal(size=(3000, 4))
    first, again, other = (
        MiniBatchKMeans(6, batch_size=200, random_state=s).fit(X).cluster_centers_
        for s in (1, 1, 2)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.float32])
def test_any_real_type_is_accepted(dtype):
    X = load_digits().data.astype(dtype)
    model = MiniBatchKMeans(10, batch_size=300, random_state=0).fit(X)
    assert model.cluster_centers_.dtype == (np.float32 if dtype == np.float32 else np.float64)
    assert np.array_equal(model.predict(X), model.labels_)
    assert model.score(X) == pytest.approx(-model.inertia_)


def test_one_point_and_as_many_clusters_as_points(rng):
    single = MiniBatchKMeans(1).fit([[3.0, 4.0]])
    assert single.cluster_centers_.tolist() == [[3.0, 4.0]]
    X = rng.normal(size=(20, 3))
    each = MiniBatchKMeans(20, random_state=0).fit(X)
    assert sorted(each.labels_) == list(range(20))


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"n_clusters": 0}, "'n_clusters' parameter of MiniBatchKMeans"),
        ({"batch_size": 0}, "'batch_size'"),
        ({"max_no_improvement": 0}, r"'max_no_improvement' .* or None"),
        ({"init": np.zeros((3, 2))}, r"= \(2, 2\). Got an array of shape \(3, 2\)"),
        ({"init": "kmeans"}, "'init'"),
    ],
)
def test_illegal_parameters_are_named(parameters, words):
    model = MiniBatchKMeans(**{"n_clusters": 2, **parameters})
    for call in (model.fit, model.partial_fit):
        with pytest.raises(ParameterError, match=words):
            call([[0.0, 0.0], [1.0, 1.0], [2.0, 0.0]])


def test_data_that_cannot_be_clustered_is_refused():
    for call in (MiniBatchKMeans(3).fit, MiniBatchKMeans(3).partial_fit):
        with pytest.raises(DataError, match="n_samples=2 and n_clusters=3"):
            call(np.eye(2))
        with pytest.raises(DataError, match=r"pass X\.reshape"):
            call(np.zeros((9, 3, 3)))
    model = MiniBatchKMeans(2).partial_fit(np.eye(3))
    assert model.partial_fit(np.eye(3)[:1]).n_steps_ == 2  # later parts may be small
    with pytest.raises(ValueError, match="contains NaN"):
        model.partial_fit(np.full((3, 3), np.nan))


def test_a_look_at_all_data_shows_every_point_once(rng):
    X = rng.normal(size=(103, 2)) + 50 * (np.arange(103)[:, None] % 2)
    groups = MiniBatchKMeans(2, batch_size=20, max_iter=3, max_no_improvement=None, random_state=0)
    groups.fit(X)
    assert (groups.n_iter_, groups.n_steps_) == (3, 3 * 6)
    assert groups.weights_.sum() == 3 * 103
    np.testing.assert_array_equal(np.sort(groups.weights_), [3 * 51, 3 * 52])
    # Centers that have seen the same points as often are their means.
    means = [X[::2].mean(0), X[1::2].mean(0)]
    order = np.argsort(groups.cluster_centers_[:, 0])
    np.testing.assert_allclose(groups.cluster_centers_[order], means)


def test_patience_is_with_the_exponential_mean_of_what_was_seen():
    numbers, share = [9.0, 1.0, 4.0, 4.0, 4.0, 4.0, 0.0], 0.25
    patience = _Patience(3, share)
    smoothed, least, waited = numbers[0], np.inf, 0
    for number in numbers:
        smoothed = (1 - share) * smoothed + share * number
        waited = 0 if smoothed < least else waited + 1
        least = min(least, smoothed)
        patience.update(number)
        assert patience._smoothed == pytest.approx(smoothed)
        assert patience.is_out == (waited >= 3)
    flat = _Patience(3, 1.0)
    outs = []
    for _ in range(5):
        flat.update(2.0)
        outs.append(flat.is_out)
    assert outs == [False, False, False, True, True]
    endless = _Patience(None, 1.0)
    for _ in range(50):
        endless.update(2.0)
    assert not endless.is_out
