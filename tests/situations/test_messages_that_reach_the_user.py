"""What the Python API says to those who give it something else."""

import numpy as np
import pandas as pd
import pytest

from latens.applications.recommend import Recommender
from latens.data import load
from latens.models import Autoencoder
from latens.training import Trainer

R = np.random.default_rng(47)
X = R.normal(size=(64, 4)).astype(np.float32)
FRAME = pd.DataFrame(X, columns=list("abcd"))


def fresh() -> Autoencoder:
    return Autoencoder(latent_dim=2, trainer=Trainer(max_epochs=1))


@pytest.fixture(scope="module")
def fitted() -> Autoencoder:
    return fresh().fit(FRAME)


@pytest.fixture(scope="module")
def fitted_on_array() -> Autoencoder:
    return fresh().fit(X)


@pytest.mark.parametrize(
    ("column", "words"),
    [
        (pd.to_timedelta(np.arange(64), "h"), "'e: durations'"),
        (pd.period_range("2020-01", periods=64, freq="M"), "'e: "),
        ([[1.0, 2.0]] * 64, "'e: nested values'"),
    ],
    ids=["durations", "months", "lists"],
)
def test_columns_that_nothing_is_learned_from_are_named(column, words: str) -> None:
    with pytest.warns(UserWarning, match=words):
        fresh().fit(FRAME.assign(e=column))


def test_complex_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match=r"'e'|complex"):
        fresh().fit(FRAME.assign(e=[1 + 2j] * 64))


def test_words_are_learned_from_as_categories_and_come_back() -> None:
    words = ["yes", "no"] * 32
    model = fresh().fit(FRAME.assign(e=words))
    assert set(model.reconstruct(FRAME.assign(e=words))["e"]) <= {"yes", "no"}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("data.csv", r"load\("),
        ({"a": [1.0], "b": [2.0]}, "dict"),
        ((row for row in X), "generator"),
        ((X, np.zeros(64)), r"X and y|pair|fit\(X, y\)"),
        (None, "None"),
    ],
    ids=["a path", "a dictionary", "a generator", "a pair", "nothing"],
)
def test_what_is_no_array_is_named_for_what_it_is(given, words: str) -> None:
    with pytest.raises((ValueError, TypeError), match=words):
        fresh().fit(given)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (pd.Series([np.zeros(3)] * 9), r"np\.stack"),
        ([{"a": 1.0}] * 9, r"pandas\.DataFrame"),
        (np.array([[1.0, 2.0]] * 8 + [[1.0, None]], dtype=object), "None in sample 8"),
    ],
    ids=["a series of arrays", "dictionaries", "None"],
)
def test_objects_in_cells_are_named_with_the_way_out(given, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        fresh().fit(given)


def test_a_data_set_of_latens_is_refused_with_its_samples() -> None:
    with pytest.raises(ValueError, match=r"Got Dataset instead; give its samples, \.X"):
        fresh().fit(load("digits"))


def test_columns_in_another_order_are_not_mixed_up(fitted) -> None:
    with pytest.raises(ValueError, match="same order"):
        fitted.transform(FRAME[list("dcba")])


def test_columns_under_other_names_are_refused(fitted) -> None:
    with pytest.raises(ValueError, match="unseen at fit time:\n- z"):
        fitted.transform(FRAME.rename(columns={"d": "z"}))


def test_one_row_without_its_axis_is_refused_with_the_way_out(fitted_on_array) -> None:
    with pytest.raises(ValueError, match=r"reshape\(1, -1\) if it contains a single sample"):
        fitted_on_array.transform(X[0])


def test_a_column_too_few_is_told_by_both_numbers(fitted_on_array) -> None:
    with pytest.raises(ValueError, match=r"3 features.* 4 features"):
        fitted_on_array.transform(X[:, :3])


def test_one_sample_is_too_few_to_learn_from() -> None:
    with pytest.raises(ValueError, match="sample"):
        fresh().fit(X[:1])


def test_whole_numbers_with_gaps_of_pandas_are_missing() -> None:
    frame = FRAME.assign(e=pd.array([1, None] * 32, dtype="Int64"))
    model = fresh().fit(frame)
    assert model.table_encoder_.get_feature_names_out()[-1] == "e=missing"
    assert model.inverse_transform(model.transform(frame))["e"].dtype == "Int64"


@pytest.mark.parametrize(
    "given",
    [[("u", "i")] * 9, {"u": ["i"]}, np.eye(4), None],
    ids=["pairs", "a dictionary", "an array", "nothing"],
)
def test_a_recommender_says_what_it_learns_from(given) -> None:
    with pytest.raises((ValueError, TypeError), match="events"):
        Recommender().fit(given)
