"""What one representation is worth: each figure against its own function, on the rows it is for."""

import sys
from dataclasses import replace

import numpy as np
import pytest

from latens import metrics
from latens.clustering import KMeans
from latens.studies import check_study
from latens.studies.preparation import Prepared, prepare
from latens.studies.representations import Representation, flat, pca, raw
from latens.studies.scoring import score


@pytest.fixture(scope="module")
def digits() -> Prepared:
    study = check_study({"data": {"source": "digits"}, "max_scored": 300}, "a test")
    return prepare(study)


@pytest.fixture(scope="module")
def table(tmp_path_factory) -> Prepared:
    rows = np.random.default_rng(0).normal([0, 50, 0], [1, 20, 0], (120, 3))
    rows[:, 2] = 7.25
    path = tmp_path_factory.mktemp("table") / "table.csv"
    np.savetxt(path, rows, delimiter=",", header="a,b,c", comments="")
    return prepare(check_study({"data": {"source": str(path)}}, "a test"))


def parts(scores):
    return {row.part: row.metrics for row in scores.rows}


def codes(data: Prepared, train, test) -> Representation:
    return Representation("codes", "Codes", "a kind", train.shape[1], train, test)


def test_clusters_are_those_of_the_training_codes_and_held_out_codes_only_fall_into_them(digits):
    """Held-out codes of two clear groups that lie in one cluster of the training codes."""
    train = np.where(np.arange(300)[:, None] % 2, 10.0, -10.0) + np.arange(300)[:, None] / 1e4
    test = np.where(np.arange(300)[:, None] % 2, 8.0, 12.0) + np.arange(300)[:, None] / 1e4
    scores = score(digits, codes(digits, train, test), k=2, seed=0)
    assert len(set(scores.clusters["held-out"].tolist())) == 1
    assert parts(scores)["held-out"]["silhouette_score"] is None
    assert parts(scores)["train"]["silhouette_score"] > 0.9


@pytest.fixture(scope="module")
def scored(digits):
    return score(digits, pca(digits, 5), k=4, seed=3)


def test_clusters_are_the_best_of_ten_starts(digits, scored):
    codes = pca(digits, 5)
    ours = KMeans(4, n_init=10, random_state=3).fit(codes.train)
    np.testing.assert_array_equal(scored.clusters["train"], ours.labels_)
    np.testing.assert_array_equal(scored.clusters["held-out"], ours.predict(codes.test))


def test_errors_are_of_clipped_values_in_scaled_units(digits, scored):
    codes = pca(digits, 5)
    for part, data, rows in (
        ("train", digits.train, digits.scored_train),
        ("held-out", digits.test, digits.scored_test),
    ):
        X = data.X[rows]
        truth, reconstructed = flat(X, digits), flat(codes.rebuild(X), digits)
        assert reconstructed.min() < 0
        reconstructed = reconstructed.clip(0, 1)
        found = parts(scored)[part]
        squares = np.square(truth - reconstructed, dtype=np.float64).mean(1)
        assert found["mean_squared_error"] == pytest.approx(squares.mean())
        assert found["mean_absolute_error"] == pytest.approx(np.abs(truth - reconstructed).mean())
        assert found["psnr"] == pytest.approx((-10 * np.log10(squares)).mean())
        shaped = truth.reshape(X.shape), reconstructed.reshape(X.shape)
        assert found["ssim"] == pytest.approx(metrics.ssim(*shaped, data_range=1.0))
    # What each row contributes is kept of the held-out part.
    np.testing.assert_allclose(scored.samples["mean_squared_error"], squares, rtol=1e-4)
    np.testing.assert_allclose(scored.samples["psnr"], -10 * np.log10(squares), rtol=1e-4)


def test_tables_without_a_range_have_no_decibels_and_are_not_clipped(table):
    codes = pca(table, 1)
    found = parts(score(table, codes, k=2, seed=0))["held-out"]
    X = table.test.X[table.scored_test]
    error = flat(X, table) - flat(codes.rebuild(X), table)
    assert found["mean_squared_error"] == pytest.approx(np.square(error).mean(), rel=1e-4)
    assert not {"psnr", "ssim", "clustering_accuracy", "knn_accuracy"} & set(found)


def test_structure_is_that_of_the_codes_and_of_the_raw_values(digits, scored):
    codes = pca(digits, 5)
    pixels = flat(digits.test.X[digits.scored_test], digits)
    clusters = scored.clusters["held-out"]
    found = parts(scored)["held-out"]
    assert found["silhouette_score"] == pytest.approx(
        metrics.silhouette_score(codes.test, clusters)
    )
    assert found["silhouette_raw"] == pytest.approx(metrics.silhouette_score(pixels, clusters))
    assert found["trustworthiness"] == pytest.approx(metrics.trustworthiness(pixels, codes.test, 5))
    assert scored.samples["trustworthiness"].mean() == pytest.approx(found["trustworthiness"])


def test_raw_values_are_their_own_neighbors_and_rebuild_nothing(digits):
    found = parts(score(digits, raw(digits), k=4, seed=0))["held-out"]
    assert found["silhouette_raw"] == found["silhouette_score"] > 0
    assert not {"trustworthiness", "mean_squared_error"} & set(found)


def test_agreement_is_that_of_as_many_clusters_as_there_are_classes(digits, scored):
    codes = pca(digits, 5)
    ten = KMeans(10, n_init=10, random_state=3).fit(codes.train)
    for part, data, rows, labels in (
        ("train", digits.train, digits.scored_train, ten.labels_),
        ("held-out", digits.test, digits.scored_test, ten.predict(codes.test)),
    ):
        y = data.y[rows]
        for name in (
            "clustering_accuracy",
            "normalized_mutual_info_score",
            "adjusted_rand_score",
        ):
            assert parts(scored)[part][name] == pytest.approx(getattr(metrics, name)(y, labels))
    share = metrics.adjusted_rand_score_samples(y, labels)
    np.testing.assert_allclose(scored.samples["adjusted_rand_score"], share)


def test_probes_learn_from_training_codes_and_are_scored_on_held_out_ones(digits, scored):
    codes = pca(digits, 5)
    y, y_test = digits.train.y[digits.scored_train], digits.test.y[digits.scored_test]
    found = parts(scored)["held-out"]
    near = metrics.knn_accuracy(codes.train, y, codes.test, y_test, n_neighbors=5)
    probe = metrics.linear_probe_accuracy(codes.train, y, codes.test, y_test)
    assert found["knn_accuracy"] == pytest.approx(near)
    assert found["linear_probe_accuracy"] == pytest.approx(probe)
    assert parts(scored)["train"]["knn_accuracy"] is None
    assert parts(scored)["train"]["linear_probe_accuracy"] is None


def test_more_rows_than_pairs_can_be_had_of_are_drawn_at_random(digits, monkeypatch):
    monkeypatch.setattr(sys.modules[score.__module__], "_PAIRWISE_ROWS", 50)
    codes = pca(digits, 5)
    scores = score(digits, codes, k=4, seed=3)
    few = ~np.isnan(scores.samples["trustworthiness"])
    assert few.sum() == 50
    assert 5 < few[:150].sum() < 45  # from all over
    clusters = scores.clusters["held-out"][few]
    found = parts(scores)["held-out"]["silhouette_score"]
    assert found == pytest.approx(metrics.silhouette_score(codes.test[few], clusters))


@pytest.mark.parametrize("n", [2, 3, 4, 12])
def test_few_rows_have_what_they_can_have(digits, n):
    """Trustworthiness takes fewer neighbors than half of the rows; a jackknife takes three rows."""
    few = replace(digits, scored_test=digits.scored_test[:n])
    made = replace(pca(digits, 5), test=pca(digits, 5).test[:n])
    scores = score(few, made, k=2, seed=0)
    neighbors = min(5, (n - 1) // 2)
    found = parts(scores)["held-out"]
    if neighbors:
        pixels = flat(digits.test.X[few.scored_test], digits)
        expected = metrics.trustworthiness(pixels, made.test, neighbors)
        assert found["trustworthiness"] == pytest.approx(expected)
    else:
        assert "trustworthiness" not in found
    assert ("adjusted_rand_score" in scores.samples) == (n >= 3)


def test_one_class_is_no_task_for_a_probe(digits):
    same = np.zeros_like
    train = replace(digits.train, y=same(digits.train.y))
    test = replace(digits.test, y=same(digits.test.y))
    found = parts(score(replace(digits, train=train, test=test), pca(digits, 5), k=2, seed=0))
    assert found["held-out"]["knn_accuracy"] is None


def test_the_scaling_is_that_of_the_training_rows_alone(table):
    """A mean that held-out rows had a say in would tell the model about them."""
    np.testing.assert_allclose(table.scaling.offset, table.train.X.mean(0), rtol=1e-9)
    np.testing.assert_allclose(table.scaling.scale[:2], table.train.X[:, :2].std(0), rtol=1e-9)
    everything = np.concatenate([table.train.X, table.test.X])
    assert abs(everything.mean(0) - table.scaling.offset)[1] > 0.1


def test_a_constant_column_is_nothing_anywhere(table):
    """Its deviation is 0: divided by, it would be noise or no number; here it is 0 in every row."""
    assert table.scaling.scale[2] == 1
    assert (flat(table.train.X, table)[:, 2] == 0).all()
    with_it = parts(score(table, raw(table), k=2, seed=0))["held-out"]["silhouette_score"]
    train, test = raw(table).train[:, :2], raw(table).test[:, :2]
    without = score(table, codes(table, train, test), k=2, seed=0)
    assert with_it == pytest.approx(parts(without)["held-out"]["silhouette_score"])


def test_five_neighbors_vote(digits):
    """Codes on a line, where five near ones say one thing and ten another."""
    y = digits.train.y[digits.scored_train]
    first, second = (np.flatnonzero(y == label) for label in (0, 1))
    train = np.full((300, 1), 1e3) + np.arange(300)[:, None]
    train[first[:4], 0] = [0.1, 0.2, 0.3, 0.4]
    train[second[:8], 0] = 0.5 + np.arange(8) / 10
    test = np.zeros((300, 1)) - np.arange(300)[:, None] / 1e6
    found = parts(score(digits, codes(digits, train, test), k=2, seed=0))["held-out"]
    truth = digits.test.y[digits.scored_test]
    assert found["knn_accuracy"] == pytest.approx((truth == 0).mean())
    assert (truth == 0).mean() != (truth == 1).mean()
