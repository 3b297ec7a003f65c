import pickle
import subprocess
import sys
import tracemalloc
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.spatial.distance import cdist
from sklearn.base import clone
from sklearn.cluster import KMeans as Reference
from sklearn.datasets import load_digits, make_blobs
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.metrics import adjusted_rand_score
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

from latens.clustering import KMeans
from latens.exceptions import DataError, ParameterError


@pytest.fixture(scope="module")
def digits():
    return load_digits().data


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")  # 8 clusters, 4 points
@pytest.mark.parametrize(
    "estimator", [KMeans(), KMeans(3, init="random")], ids=["default", "random"]
)
def test_kmeans_is_a_scikit_learn_estimator(estimator):
    results = check_estimator(estimator, on_skip=None)
    assert sum(result["status"] == "passed" for result in results) > 40


@pytest.mark.parametrize("seed", range(5))
def test_equal_starts_end_where_scikit_learn_ends(digits, seed):
    start = digits[np.random.default_rng(seed).choice(len(digits), 10, replace=False)]
    ours = KMeans(10, init=start).fit(digits)
    theirs = Reference(10, init=start, n_init=1).fit(digits)
    assert ours.inertia_ == pytest.approx(theirs.inertia_, rel=1e-6)
    assert adjusted_rand_score(ours.labels_, theirs.labels_) > 0.999
    np.testing.assert_allclose(ours.transform(digits), theirs.transform(digits), atol=1e-3)


def test_its_starts_are_as_good_as_those_of_scikit_learn(digits):
    ours = [KMeans(10, n_init=4, random_state=seed).fit(digits).inertia_ for seed in range(5)]
    theirs = [Reference(10, n_init=4, random_state=seed).fit(digits).inertia_ for seed in range(5)]
    assert np.mean(ours) < 1.005 * np.mean(theirs)


def test_groups_that_stand_apart_are_found():
    X, y = make_blobs(400, centers=8, n_features=5, cluster_std=0.5, random_state=0)
    for init in ("k-means++", "random"):
        labels = KMeans(8, init=init, n_init=20, random_state=0).fit_predict(X)
        assert adjusted_rand_score(y, labels) == 1


@given(
    st.integers(0, 10**6),
    st.sampled_from([1e-140, 1e-15, 1.0, 1e15, 1e140]),
    st.integers(-1000, 1000),
)
def test_shift_scale_and_order_mean_nothing(seed, scale, shift):
    rng = np.random.default_rng(seed)
    X, order = rng.integers(-9, 10, size=(30, 2)), rng.permutation(30)
    start = np.array([[-3.1, 0.2], [0.3, 2.7], [2.9, -1.3]])
    plain = KMeans(3, init=start, tol=0).fit(X)
    moved = KMeans(3, init=(start + shift) * scale, tol=0).fit((X[order] + shift) * scale)
    # A point in the middle between two centers may go either way by rounding.
    gaps = np.diff(np.sort(cdist(X, plain.cluster_centers_))[:, :2])
    assume((gaps > 1e-9).all())
    assert moved.inertia_ / scale**2 == pytest.approx(plain.inertia_, rel=1e-6)
    assert np.array_equal(moved.labels_, plain.labels_[order])


@pytest.mark.parametrize("init", ["k-means++", "random"])
def test_the_order_of_the_rows_means_nothing(init, rng):
    X = rng.normal(size=(300, 4))
    order = rng.permutation(300)
    plain = KMeans(6, init=init, random_state=0).fit(X)
    permuted = KMeans(6, init=init, random_state=0).fit(X[order])
    assert np.array_equal(permuted.labels_, plain.labels_[order])
    np.testing.assert_allclose(permuted.cluster_centers_, plain.cluster_centers_)


def test_a_weight_of_two_is_the_point_twice(rng):
    X, weights = rng.normal(size=(80, 3)), rng.integers(0, 3, 80)
    weighted = KMeans(5, random_state=0).fit(X, sample_weight=weights)
    repeated = KMeans(5, random_state=0).fit(np.repeat(X, weights, axis=0))
    np.testing.assert_allclose(weighted.cluster_centers_, repeated.cluster_centers_)
    assert weighted.inertia_ == pytest.approx(repeated.inertia_)
    assert weighted.score(X, sample_weight=weights) == pytest.approx(-weighted.inertia_)


def test_the_seed_decides_and_the_global_seed_is_left_alone(digits):
    np.random.seed(3)  # noqa: NPY002 # the global generator is what must not change
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    first, again, other = (KMeans(10, n_init=1, random_state=s).fit(digits) for s in (1, 1, 2))
    assert np.array_equal(first.labels_, again.labels_)
    assert not np.array_equal(first.labels_, other.labels_)
    assert np.array_equal(before, np.random.get_state()[1])  # noqa: NPY002
    streams = [KMeans(10, n_init=1, random_state=np.random.RandomState(5)) for _ in range(2)]
    assert streams[0].fit(digits).inertia_ == streams[1].fit(digits).inertia_


def test_more_starts_never_do_worse(digits):
    inertias = [KMeans(10, n_init=n, random_state=0).fit(digits).inertia_ for n in (1, 2, 4, 8)]
    assert inertias == sorted(inertias, reverse=True)


def test_predict_repeats_the_labels_and_transform_measures_distances(digits):
    model = KMeans(10, n_init=1, random_state=0).fit(digits)
    assert np.array_equal(model.predict(digits), model.labels_)
    distances = model.transform(digits)
    np.testing.assert_allclose(distances, cdist(digits, model.cluster_centers_), rtol=1e-9)
    assert np.array_equal(distances.argmin(axis=1), model.labels_)
    assert model.inertia_ == pytest.approx(np.square(distances.min(axis=1)).sum())
    assert model.score(digits) == pytest.approx(-model.inertia_)


def test_predict_repeats_the_labels_of_rounded_points(rng):
    # Far from zero float32 rounds so coarsely that many points lie about midway between centers.
    X = (1e4 + rng.normal(size=(20_000, 2)) / 100).astype(np.float32)
    model = KMeans(30, n_init=1, random_state=0).fit(X)
    assert np.array_equal(model.predict(X), model.labels_)


def test_points_far_from_zero_keep_their_groups(rng):
    y = rng.integers(0, 2, 200)
    X = 1e9 + 10 * y[:, None] + rng.normal(size=(200, 2))
    model = KMeans(2, random_state=0).fit(X)
    assert adjusted_rand_score(y, model.predict(X)) == 1
    assert model.transform(X).min(axis=1).max() < 10


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.bool_, np.float16, np.float32])
def test_any_real_type_is_accepted(digits, dtype):
    X = digits.astype(dtype)
    model = KMeans(10, n_init=2, random_state=0).fit(X)
    expected = np.float32 if dtype == np.float32 else np.float64
    assert model.cluster_centers_.dtype == model.transform(X).dtype == expected
    exact = KMeans(10, n_init=2, random_state=0).fit(X.astype(np.float64))
    assert model.inertia_ == pytest.approx(exact.inertia_, rel=0.01)
    assert np.array_equal(model.predict(X), model.labels_)


@pytest.mark.parametrize("scale", [1e-30, 1e-15, 1e15, 1e30])
def test_float32_of_any_size_is_clustered(digits, scale):
    # Squares of these numbers do not exist in float32.
    X = (digits * scale).astype(np.float32)
    model = KMeans(10, n_init=2, random_state=0).fit(X)
    reference = KMeans(10, n_init=2, random_state=0).fit(digits)
    assert model.inertia_ / scale**2 == pytest.approx(reference.inertia_, rel=0.01)


def test_one_point_and_as_many_clusters_as_points(rng):
    single = KMeans(1).fit([[3.0, 4.0]])
    assert single.cluster_centers_.tolist() == [[3.0, 4.0]]
    assert single.inertia_ == 0
    X = rng.normal(size=(20, 3))
    for init in ("k-means++", "random"):
        each = KMeans(20, init=init, random_state=0).fit(X)
        assert sorted(each.labels_) == list(range(20))
        assert each.inertia_ == pytest.approx(0, abs=1e-25)


def test_one_cluster_is_the_mean(digits):
    model = KMeans(1, random_state=0).fit(digits)
    np.testing.assert_allclose(model.cluster_centers_[0], digits.mean(axis=0))
    assert model.inertia_ == pytest.approx(len(digits) * digits.var(axis=0).sum())


@pytest.mark.parametrize("init", ["k-means++", "random"])
def test_fewer_points_than_clusters_is_a_warning_and_valid_labels(init):
    X = np.repeat([[0.1, 0.2], [0.3, 0.7], [0.9, 0.9]], 20, axis=0)
    model = KMeans(5, init=init, random_state=0)
    with pytest.warns(ConvergenceWarning, match="3 different clusters where n_clusters=5"):
        model.fit(X)
    assert model.inertia_ == pytest.approx(0, abs=1e-25)
    assert len(np.unique(np.column_stack([X, model.labels_]), axis=0)) == 3
    assert model.labels_.min() >= 0
    assert model.labels_.max() < 5
    assert np.isfinite(model.cluster_centers_).all()


@pytest.mark.parametrize("n_distinct", [1, 3])
def test_a_large_set_of_duplicates_is_no_hang(n_distinct, rng):
    # A hang would meet the time limit of the test run; ten full starts would take a minute.
    X = np.tile(rng.random((n_distinct, 784), dtype=np.float32), (30_000 // n_distinct, 1))
    model = KMeans(10, random_state=0)
    with pytest.warns(ConvergenceWarning, match=f"{n_distinct} different clusters"):
        model.fit(X)
    assert model.inertia_ == pytest.approx(0, abs=1e-4)
    assert model.n_iter_ <= 3


def test_by_default_the_last_small_moves_are_not_waited_for(rng):
    X = rng.normal(size=(4000, 1))
    usual = KMeans(20, n_init=1, random_state=0).fit(X)
    settled = KMeans(20, n_init=1, random_state=0, tol=0).fit(X)
    assert usual.n_iter_ < settled.n_iter_ < 300
    assert settled.inertia_ < usual.inertia_ < 1.02 * settled.inertia_


def test_no_more_starts_are_run_once_every_point_lies_on_its_center(rng):
    X = rng.normal(size=(3, 20))[rng.integers(0, 3, 999)]
    # A hundred million starts would meet the time limit of the test run.
    assert KMeans(3, n_init=10**8, random_state=0).fit(X).inertia_ < 1e-20


def test_memory_is_a_copy_of_the_data_and_blocks(rng):
    X = rng.random((40_000, 200))
    tracemalloc.start()
    KMeans(20, n_init=1, max_iter=2, random_state=0).fit(X)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < X.nbytes + 100 * 2**20


def test_blocks_change_nothing(rng):
    X = rng.normal(size=(50_000, 100))  # 40 MB: two blocks
    model = KMeans(3, n_init=1, max_iter=1, random_state=0).fit(X)
    assert np.array_equal(model.predict(X), model.labels_)
    assert np.array_equal(model.predict(X[-10:]), model.labels_[-10:])
    assert model.score(X) == pytest.approx(-model.inertia_)
    expected = cdist(X[-10:], model.cluster_centers_)
    np.testing.assert_allclose(model.transform(X)[-10:], expected)


def test_the_data_and_the_parameters_are_left_alone(rng):
    X, start = rng.random((30, 2)), rng.random((3, 2))
    kept = X.copy(), start.copy()
    model = KMeans(3, init=start).fit(X)
    assert np.array_equal(X, kept[0])
    assert np.array_equal(start, kept[1])
    assert model.init is start


def test_kmeans_works_inside_scikit_learn(digits):
    pipeline = make_pipeline(StandardScaler(), KMeans(10, n_init=1, random_state=0)).fit(digits)
    assert pipeline.predict(digits).shape == (len(digits),)
    search = GridSearchCV(KMeans(random_state=0, n_init=1), {"n_clusters": [2, 8]}, cv=2)
    assert search.fit(digits[:300]).best_params_ == {"n_clusters": 8}
    model = clone(pipeline[-1]).set_output(transform="pandas").fit(digits)
    assert list(model.transform(digits).columns[:2]) == ["kmeans0", "kmeans1"]
    restored = pickle.loads(pickle.dumps(model))
    assert np.array_equal(restored.predict(digits), model.labels_)


def test_frames_keep_their_names():
    X = pd.DataFrame({"a": [0.0, 1.0, 9.0], "b": [0.0, 1.0, 9.0]})
    model = KMeans(2, random_state=0).fit(X)
    assert model.feature_names_in_.tolist() == ["a", "b"]
    with pytest.raises(ValueError, match="feature names"):
        model.predict(X[["b", "a"]])


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"n_clusters": 0}, r"'n_clusters' parameter of KMeans must be an integer in \[1, inf\)"),
        ({"n_clusters": 2.0}, r"'n_clusters' .* Got 2.0 instead"),
        (
            {"init": "kmeans"},
            r"'init' parameter of KMeans must be one of 'k-means\+\+', 'random' or",
        ),
        (
            {"init": np.zeros((3, 2))},
            r"shape \(n_clusters, n_features\) = \(2, 2\). Got .*\(3, 2\)",
        ),
        ({"init": np.full((2, 2), "a")}, "'init' parameter of KMeans must hold numbers"),
        ({"init": np.full((2, 2), np.nan)}, "'init' parameter of KMeans must hold finite numbers"),
        ({"n_init": 0}, "'n_init'"),
        ({"max_iter": 0}, "'max_iter'"),
        ({"tol": -1e-3}, r"'tol' parameter of KMeans must be a float in \[0, inf\)"),
        ({"random_state": -1}, "'random_state'"),
    ],
)
def test_illegal_parameters_are_named_in_fit(parameters, words):
    model = KMeans(**{"n_clusters": 2, **parameters})
    with pytest.raises(ParameterError, match=words):
        model.fit([[0.0, 0.0], [1.0, 1.0], [2.0, 0.0]])


@pytest.mark.parametrize(
    ("X", "weights", "words"),
    [
        (np.zeros((9, 28, 28)), None, r"pass X\.reshape\(len\(X\), -1\)"),
        (np.zeros((2, 2)), None, "n_samples=2 and n_clusters=3"),
        (np.eye(4), [1, 1, 0, 0], "n_samples=2 and n_clusters=3"),
        (np.eye(4), [1, 1, 1, -1], "finite numbers of at least 0"),
        (np.eye(4), [1, 1, 1, np.nan], "finite numbers of at least 0"),
        (np.eye(4), [1, 1, 1], r"shape \(4,\), one weight per sample"),
        (np.eye(4), ["a"] * 4, "array of numbers"),
    ],
)
def test_data_that_cannot_be_clustered_is_refused(X, weights, words):
    with pytest.raises(DataError, match=words):
        KMeans(3).fit(X, sample_weight=weights)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_values_that_are_not_finite_are_refused(bad):
    model = KMeans(1).fit([[0.0], [1.0]])
    for call in (KMeans(1).fit, model.predict, model.transform, model.score):
        with pytest.raises(ValueError, match=r"contains (NaN|infinity)"):
            call([[0.0], [bad]])


def test_kmeans_must_be_fitted_first():
    with pytest.raises(NotFittedError):
        KMeans().predict([[0.0]])


def test_importing_it_loads_no_torch():
    code = "import latens.clustering, latens.metrics, sys; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("dtype", [np.uint8, np.int8])
def test_bytes_are_clustered_as_they_are(digits, dtype):
    X = digits.astype(dtype)
    start = digits[:10]
    ours = KMeans(10, init=start).fit(X)
    exact = KMeans(10, init=start).fit(digits)
    assert np.array_equal(ours.labels_, exact.labels_)
    np.testing.assert_allclose(ours.cluster_centers_, exact.cluster_centers_, atol=1e-5)
    assert ours.inertia_ == pytest.approx(exact.inertia_, rel=1e-6)
    assert np.array_equal(ours.predict(digits), ours.labels_)
    assert ours.score(X) == pytest.approx(-exact.inertia_, rel=1e-6)


def test_bytes_take_no_memory_again(rng):
    X = rng.integers(0, 255, (60_000, 300), dtype=np.uint8)
    tracemalloc.start()
    KMeans(3, n_init=1, max_iter=2, random_state=0).fit(X)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < X.nbytes / 4


@given(
    st.integers(0, 10**6),
    st.sampled_from([np.float32, np.float64, np.uint8, np.int64]),
    st.integers(1, 12),
    st.integers(1, 40),
)
def test_whatever_comes_labels_are_nearest_and_centers_are_means(seed, dtype, k, n_features):
    rng = np.random.default_rng(seed)
    X = rng.integers(0, rng.integers(2, 200), (60, n_features)).astype(dtype)  # with duplicates
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = KMeans(k, n_init=1, tol=0, random_state=seed).fit(X)
    distances = cdist(X, model.cluster_centers_)
    chosen = distances[np.arange(60), model.labels_]
    np.testing.assert_allclose(chosen, distances.min(axis=1), atol=1e-3)
    assert model.inertia_ == pytest.approx(np.square(chosen).sum(), rel=1e-4, abs=1e-3)
    for cluster in np.unique(model.labels_):
        mean = X[model.labels_ == cluster].mean(axis=0)
        np.testing.assert_allclose(model.cluster_centers_[cluster], mean, rtol=1e-5, atol=1e-4)
    if dtype in (np.float32, np.float64):
        assert model.cluster_centers_.dtype == dtype


@pytest.mark.parametrize("device", ["tpu", "cuda:x", "cuda:99", "mps"])
def test_devices_that_are_not_there_are_refused(device):
    with pytest.raises(ParameterError, match="device"):
        KMeans(1, device=device).fit([[0.0]])


def test_the_number_of_cores_of_torch_is_left_alone(digits):
    import torch

    before = torch.get_num_threads()
    KMeans(10, n_init=2, random_state=0).fit(digits).predict(digits)
    assert torch.get_num_threads() == before


def test_starts_side_by_side_are_those_one_after_the_other(digits):
    import torch

    before, found = torch.get_num_threads(), []
    for n_threads in (1, 3):
        torch.set_num_threads(n_threads)
        found.append(KMeans(10, n_init=7, random_state=0).fit(digits))
    torch.set_num_threads(before)
    assert np.array_equal(found[0].labels_, found[1].labels_)
    assert found[0].n_iter_ == found[1].n_iter_
