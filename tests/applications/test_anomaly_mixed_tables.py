"""Anomalies in tables of mixed columns: what is found, in which words, and that a detector comes back."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from latens.applications import AnomalyDetector, find_anomalies, load_detector
from latens.applications.anomalies.finding import reasons_of_cells
from latens.applications.anomalies.level_pairs import LevelPairs, paired_columns
from latens.applications.anomalies.mixed_columns import MixedColumns
from latens.data import load
from latens.data.table_encoding.encoder import TableEncoder
from latens.exceptions import DataError, ModelError
from latens.models import Autoencoder
from latens.networks import MLP
from latens.training import Trainer

sys.path.insert(0, str(Path(__file__).parents[1] / "data"))

from customer_table import HUGE_ORDER, ODD_PAIR, customer_table

QUICK = Trainer(max_epochs=1, callbacks=(), device="cpu")
HUGE, PAIR = 5, 11


def quick(**parameters) -> AnomalyDetector:
    """A detector whose network, which has no part in the score, is hardly trained."""
    model = Autoencoder(2, network=MLP((8,)), trainer=QUICK)
    return AnomalyDetector(model, random_state=0, **parameters)


def small_table(seed: int = 0, n: int = 400) -> pd.DataFrame:
    """A huge number in one row, and in another two levels that no other has together."""
    rng = np.random.default_rng(seed)
    plan = rng.choice(["basic", "plus"], n, p=[0.7, 0.3])
    table = pd.DataFrame(
        {
            "plan": plan,
            "paid": np.where(plan == "plus", "invoice", rng.choice(["card", "transfer"], n)),
            "orders": rng.poisson(5, n),
            "rating": rng.integers(1, 6, n).astype(float),
            "joined": np.datetime64("2021-01-01") + rng.integers(0, 900, n),
            "news": rng.random(n) < 0.5,
        }
    )
    table.loc[HUGE, "orders"] = 400
    table.loc[PAIR, ["plan", "paid", "orders"]] = ["basic", "invoice", 5]
    table.loc[rng.choice(np.arange(20, n), n // 10, replace=False), "rating"] = None
    return table


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return small_table()


@pytest.fixture(scope="module")
def detector(table) -> AnomalyDetector:
    return quick().fit(table)


@pytest.fixture(scope="module")
def reasons(table, detector) -> list[str]:
    words = reasons_of_cells(detector)
    features = detector.table_encoder_.features(table)
    shares = detector.explain(features)
    return [words.words(row, share) for row, share in zip(features, shares, strict=True)]


def test_the_two_wrong_rows_of_a_customer_table_come_first():
    customers = customer_table(2_000, seed=2)
    learned = customers.drop(columns=["customer_id", "note"])
    scores = quick().fit(learned).score_samples(learned)
    first = customers["customer_id"].iloc[np.argsort(scores)[:2]]
    assert set(first) == {HUGE_ORDER, ODD_PAIR}


def test_a_huge_number_and_an_odd_pair_are_the_most_anomalous(table, detector):
    assert detector.rule_ == "mixed"
    assert set(np.argsort(detector.score_samples(table))[:2]) == {HUGE, PAIR}
    assert detector.predict(table)[[HUGE, PAIR]].tolist() == [-1, -1]


def test_rows_with_gaps_are_not_more_anomalous_than_others(table, detector):
    spoiled = table.copy()
    rows = np.arange(100, 140)
    spoiled.loc[rows, ["plan", "rating", "joined"]] = None
    fitted = quick().fit(spoiled)
    scores = fitted.score_samples(spoiled)
    others = np.setdiff1d(np.arange(20, len(table)), rows)
    assert np.median(scores[rows]) > np.quantile(scores[others], 0.2)
    assert set(np.argsort(scores)[:2]) == {HUGE, PAIR}


def test_a_number_beyond_the_usual_is_named_with_the_usual_range(reasons):
    assert reasons[HUGE].startswith("orders = 400 (usually 1 to 9), ")


def test_usual_levels_that_are_rare_together_are_named_with_each_other(reasons):
    assert "paid = invoice (36 % of rows, but 1 of 257 with plan = basic), " in reasons[PAIR]


def test_cells_are_written_as_a_person_writes_them(table, detector):
    words = reasons_of_cells(detector)
    encoder = detector.table_encoder_
    row = table.iloc[[30]].assign(rating=None, joined=pd.Timestamp("2030-05-06"), news=False)
    features = encoder.features(row)[0]

    def only(name: str) -> str:
        shares = np.zeros(len(features))
        block = next(one for one in encoder.blocks_ if one.name == name)
        shares[block.features[-1]] = 1.0
        return words.words(features, shares)

    assert only("rating") == "rating is missing (as in 10 % of rows), 100 %"
    assert only("joined").startswith("joined = 2030-05-06 (usually 2021-")
    assert only("news").startswith("news = no (")
    assert only("news").endswith(" % of rows), 100 %")


def test_a_column_has_one_share_whatever_its_features(table, detector):
    of_columns = detector.explain(table)
    of_features = detector.explain(detector.table_encoder_.features(table))
    assert of_columns.shape == table.shape
    np.testing.assert_allclose(of_columns.sum(axis=1), 1)
    place = list(table).index("joined")
    block = detector.table_encoder_.blocks_[place]
    np.testing.assert_allclose(
        of_columns[:, place], of_features[:, block.start : block.stop].sum(1)
    )
    assert of_columns[HUGE].argmax() == list(table).index("orders")


def test_features_with_their_encoder_are_scored_as_the_frame(table, detector):
    encoder = TableEncoder()
    features = encoder.learn(table, "The table")
    other = quick().fit(features, encoder=encoder)
    np.testing.assert_allclose(other.score_samples(features), detector.score_samples(table))
    assert other.n_features_in_ == features.shape[1]


def test_the_model_has_no_part_in_the_score(table, detector):
    model = Autoencoder(3, network=MLP((8,)), trainer=QUICK, random_state=1).fit(table)
    other = AnomalyDetector(model, random_state=0).fit(table)
    assert other.model_ is model
    np.testing.assert_allclose(other.score_samples(table), detector.score_samples(table))
    assert other.parts(table)["model"].shape == (len(table),)


def test_new_rows_may_have_unseen_levels_and_other_columns(table, detector):
    new = table.iloc[:30].assign(plan="gold", more=1)[[*reversed(list(table)), "more"]]
    scores = detector.score_samples(new[list(table)])
    assert (scores < detector.offset_).all()
    features = detector.table_encoder_.features(new)
    reason = reasons_of_cells(detector).words(features[0], detector.explain(features[:1])[0])
    assert reason.startswith("plan = a level never seen, ")
    with pytest.raises(DataError, match="lacks 'orders'"):
        detector.table_encoder_.features(new.drop(columns="orders"))


def test_numbers_with_gaps_are_scored_by_their_neighbors_alone(rng):
    X = pd.DataFrame(rng.normal(size=(200, 4)), columns=list("abcd"))
    X.loc[3, "b"] = 40
    spoiled = X.mask(rng.random(X.shape) < 0.1)
    spoiled.loc[3, "b"] = 40
    fitted = quick().fit(spoiled)
    assert fitted.rule_ == "table"
    assert fitted.score_samples(spoiled).argmin() == 3
    np.testing.assert_array_equal(
        -fitted.score_samples(spoiled), fitted.parts(spoiled)["neighbours"]
    )
    assert -0.5 < np.median(fitted.score_samples(spoiled)) < 0.5


def test_a_plain_frame_is_scored_as_its_array(rng):
    X = rng.normal(size=(100, 3))
    frame = pd.DataFrame(X, columns=list("abc"))
    encoder = TableEncoder().fit(frame)
    plain, told = quick().fit(X), quick().fit(X, encoder=encoder)
    np.testing.assert_array_equal(plain.score_samples(X), told.score_samples(X))
    assert told.table_encoder_ is None


@pytest.mark.parametrize("as_features", [False, True])
def test_a_saved_detector_comes_back(table, detector, tmp_path, as_features):
    one, X = detector, table
    if as_features:
        encoder = TableEncoder()
        X = encoder.learn(table, "The table")
        one = quick().fit(X, encoder=encoder)
    again = load_detector(one.save(tmp_path / "detector"), device="cpu")
    np.testing.assert_array_equal(again.decision_function(X), one.decision_function(X))
    np.testing.assert_array_equal(again.explain(X), one.explain(X))
    assert again.gives_rows_ == one.gives_rows_
    assert again.own_offset_ == one.own_offset_


def test_a_saved_detector_whose_counts_do_not_fit_is_refused(detector, tmp_path):
    from safetensors.numpy import load_file, save_file

    folder = detector.save(tmp_path / "detector")
    arrays = load_file(folder / "detector.safetensors")
    arrays["levels.counts"] = arrays["levels.counts"][1:]
    save_file(arrays, folder / "detector.safetensors")
    with pytest.raises(ModelError, match="counts"):
        load_detector(folder)


def test_a_file_is_scored_with_reasons_in_its_own_columns(tmp_path):
    small_table().to_csv(tmp_path / "table.csv", index=False)
    data = load(tmp_path / "table.csv", "all")
    fitted = quick().fit(data.X, encoder=data.encoder)
    found = find_anomalies(fitted, data, is_training_data=True, top=2)
    shown = found.most_anomalous
    assert set(shown["row"]) == {HUGE, PAIR}
    assert "orders = 400 (usually 1 to 9)" in " ".join(shown["reason"])
    assert "the autoencoder has no part in it" in found.sentence
    table = found.to_finding().tables[0]
    assert [row[-1] for row in table.rows] == shown["reason"].tolist()


def test_levels_are_no_further_apart_than_the_ends_of_a_range():
    n = 1_000
    table = pd.DataFrame(
        {"level": ["a"] * (n - 10) + ["b"] * 5 + ["c"] * 5, "number": np.arange(n) * 1.0}
    )
    encoder = TableEncoder(kinds={"level": "category"})
    features = encoder.learn(table, "The table")
    x = MixedColumns.fit(features, encoder.blocks_).apply(features)
    levels = x[:, encoder.blocks_[0].places]
    assert np.linalg.norm(levels[0] - levels[-1]) <= 1 + 1e-9
    assert np.linalg.norm(levels[-6] - levels[-1]) == pytest.approx(1)


def test_mixed_columns_are_undone(table, detector):
    features = detector.table_encoder_.features(table)
    columns = detector.mixed_
    known = table.notna().all(axis=1).to_numpy()
    np.testing.assert_allclose(
        columns.undo(columns.apply(features))[known], features[known], atol=1e-9
    )


def test_surprise_is_the_logarithm_of_expected_to_other_rows():
    n = 120
    table = pd.DataFrame({"a": ["x", "y"] * (n // 2), "b": ["u", "v"] * (n // 2)})
    table.loc[0] = ["x", "v"]
    encoder = TableEncoder()
    features = encoder.learn(table, "The table")
    pairs = LevelPairs.fit(features, paired_columns(encoder.blocks_))
    surprise = np.log(pairs.distances(pairs.places(features))[:, 0])
    assert surprise[0] == pytest.approx(np.log(60 * 61 / 120 + 1))
    assert surprise[1:] == pytest.approx(0)


def test_two_rows_of_words_can_be_learned_from():
    two = pd.DataFrame({"a": ["x", "y"], "b": [1.0, 2.0]})
    fitted = quick().fit(two, encoder=TableEncoder(kinds={"a": "category"}))
    new = pd.DataFrame({"a": ["x", "z"], "b": [1.0, None]})
    assert np.isfinite(fitted.score_samples(new)).all()
