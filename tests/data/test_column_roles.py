"""What a column is for: its name counts where its values do not contradict it."""

import numpy as np
import pandas as pd
import pytest

from latens.data.table_features import features_and_labels
from latens.data.table_options import table_options
from latens.exceptions import DataError, ParameterError

N = 60
R = np.random.default_rng(5)


def convert(columns: dict[str, object], label_column: str | None = None, **options: object):
    frame = pd.DataFrame({"a": R.normal(size=N), **columns})
    options |= {"label_column": label_column}
    return features_and_labels(frame, "It", options=table_options(**options))


def said(dataset, words: str) -> bool:
    return any(words in note for note in dataset.notes)


def test_y_beside_x_is_a_coordinate_and_y_beside_features_is_a_label() -> None:
    dataset = convert({"x": R.normal(size=N), "y": R.normal(size=N)})
    assert dataset.feature_names == ("a", "x", "y")
    assert said(dataset, "--label-column 'y'")
    grid = {"x": np.arange(N) % 6, "Y": np.arange(N) // 10}
    assert "Y" in convert(grid).feature_names
    assert convert({"y": np.arange(N) % 3}).names == ("0", "1", "2")
    assert convert({"x": R.normal(size=N), "y": np.arange(N) % 2}).names == ("0", "1")
    assert convert({"x": R.normal(size=N), "y": ["u", "v"] * (N // 2)}).names == ("u", "v")


@pytest.mark.parametrize("values", [R.normal(size=N), R.integers(20, 400, N)])
def test_y_of_many_numbers_is_a_feature(values: np.ndarray) -> None:
    assert "y" in convert({"y": values}).feature_names
    assert convert({"y": values}, label_column="y").feature_names == ("a",)


def test_many_whole_numbers_are_no_classes_and_no_feature_either() -> None:
    dataset = convert({"target": R.permutation(N) + 25})
    assert dataset.feature_names == ("a",)
    assert dataset.y is None
    assert said(dataset, "60 different whole numbers, not classes")
    assert "target" in convert({"target": R.permutation(N) + 25}, keep=["target"]).feature_names
    # A neighbor: a hundred classes that come often.
    frame = pd.DataFrame({"a": R.normal(size=3_000), "label": np.arange(3_000) % 100})
    assert len(features_and_labels(frame, "It").names) == 100


def test_labels_that_all_differ_are_names() -> None:
    assert convert({"class": [f"n{row}" for row in range(N)]}).y is None
    assert convert({"class": [f"n{row % 25}" for row in range(N)]}).y is not None


@pytest.mark.parametrize("name", ["nr", "PassengerId", "t", "lfd. Nr."])
def test_a_counter_is_a_counter_under_any_name(name: str) -> None:
    for start in (0, 1):
        dataset = convert({name: np.arange(start, N + start)})
        assert dataset.feature_names == ("a",)
        assert said(dataset, f"--keep '{name}'")
    assert convert({name: np.arange(N)}, keep=[name]).feature_names == ("a", name)


def test_what_only_resembles_a_counter_is_a_feature() -> None:
    assert "year" in convert({"year": 1950 + np.arange(N)}).feature_names
    assert "t" in convert({"t": 2 * np.arange(N)}).feature_names
    assert "rank" in convert({"rank": R.permutation(N)}).feature_names
    assert "t" in convert({"t": np.arange(N).astype(float)}).feature_names
    frame = pd.DataFrame({"a": [0.5, 0.25, 1.0], "b": [1, 2, 3]})
    assert features_and_labels(frame, "It").feature_names == ("a", "b")


@pytest.mark.parametrize("name", ["customer_id", "userId", "orderid", "Sample ID", "uuid"])
def test_identifiers_that_differ_in_every_row_are_no_feature(name: str) -> None:
    assert convert({name: 5_000 + R.permutation(N)}).feature_names == ("a",)
    assert convert({name: 5_000.0 + R.permutation(N)}).feature_names == ("a",)
    assert convert({name: 5_000.5 + R.permutation(N)}).feature_names == ("a", name)
    assert convert({name: 5_000 + R.permutation(N) // 2}).feature_names == ("a", name)


@pytest.mark.parametrize("name", ["humid", "grid", "acid", "paid", "valid"])
def test_words_that_end_as_id_does_are_features(name: str) -> None:
    assert convert({name: 5_000 + R.permutation(N)}).feature_names == ("a", name)


@pytest.mark.parametrize(
    "name", ["is_fraud", "Outlier", "isAnomaly", "diagnosis", "true_label", "Survived"]
)
def test_what_seems_to_be_the_truth_is_pointed_out(name: str) -> None:
    dataset = convert({name: np.arange(N) % 2})
    assert name in dataset.feature_names
    assert said(dataset, f"--without '{name}'")


def test_what_is_called_otherwise_or_has_many_values_is_not_pointed_out() -> None:
    for columns in ({"fraud_score": R.normal(size=N)}, {"amount": np.arange(N) % 2}):
        assert not said(convert(columns), "truth")
    labeled = {"outlier": np.arange(N) % 2, "label": np.arange(N) % 3}
    assert not said(convert(labeled), "truth")


def test_columns_are_left_out_as_asked_and_misspelt_ones_named() -> None:
    dataset = convert({"b": R.normal(size=N), "c": ["u", "v"] * (N // 2)}, without=["b", "c"])
    assert dataset.feature_names == ("a",)
    assert ("b", "left out, as asked") in dataset.understood
    with pytest.raises(DataError, match=r"no column 'bb' to leave out.*Did you mean 'b'"):
        convert({"b": R.normal(size=N)}, without=["bb"])
    with pytest.raises(ParameterError, match="'without' parameter of load must be a list"):
        table_options(without="b")


def test_a_column_names_the_rows() -> None:
    dataset = convert({"code": [f"{row:03d}" for row in range(N)]}, id_column="code")
    assert dataset.item_names[:2] == ("000", "001")
    assert dataset.feature_names == ("a",)
    with pytest.raises(DataError, match="'u' in several rows"):
        convert({"code": ["u", "v"] * (N // 2)}, id_column="code")


def test_gaps_are_refused_dropped_or_filled() -> None:
    b = np.arange(N, dtype=float)
    b[[3, 7]] = np.nan, np.inf
    with pytest.raises(DataError, match=r"2 row\(s\).*--missing drop.*--missing median.*--without"):
        convert({"b": b}, missing="refuse")
    # Infinity is no gap.
    with pytest.raises(DataError, match=r"1 row\(s\), column\(s\) 'b', first in row 7"):
        convert({"b": b})
    dropped = convert({"b": b, "label": np.arange(N) % 3}, missing="drop")
    assert dropped.X.shape == (N - 2, 2)
    assert dropped.y.tolist() == [row % 3 for row in range(N) if row not in (3, 7)]
    # Their numbers in the file are kept.
    assert dropped.rows[2:5].tolist() == [2, 4, 5]
    filled = convert({"b": b}, missing="median")
    np.testing.assert_array_equal(filled.X[[3, 7], 1], np.median(np.delete(b, [3, 7])))
    assert said(filled, "2 missing or infinite values were filled")
    with pytest.raises(DataError, match="no number at all in column"):
        convert({"b": np.full(N, np.nan)}, missing="median")


def test_every_column_is_explained() -> None:
    columns = {
        "n": np.arange(N),
        "w": ["u", "v"] * (N // 2),
        "t": [f"text {'abc'[row % 3] * row}" for row in range(N)],
        "code": [f"text {row}" for row in range(N)],
    }
    understood = dict(convert(columns | {"label": np.arange(N) % 2}).understood)
    assert list(understood) == ["a", "n", "w", "t", "code", "label"]
    assert understood["a"] == "numbers"
    assert "row numbers" in understood["n"]
    assert understood["w"] == "2 categories"
    assert "free text" in understood["t"]
    assert "identifiers" in understood["code"]
    assert "labels" in understood["label"]
