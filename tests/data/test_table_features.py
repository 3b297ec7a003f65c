"""What becomes a feature, what a label, what is left out, and what is refused."""

import numpy as np
import pandas as pd
import pytest

from latens.data.table_features import features_and_labels
from latens.data.table_options import TableOptions
from latens.exceptions import DataError

N = 40
RNG = np.random.default_rng(0)


def convert(label_column: str | None = None, **columns: object):
    options = TableOptions(label_column)
    return features_and_labels(pd.DataFrame(columns), "The file 'x.csv'", options=options)


@pytest.mark.parametrize("name", ["label", "class", "target", "y", "Class", "TARGET", "Y"])
def test_a_column_named_so_is_the_label_and_never_a_feature(name: str) -> None:
    dataset = convert(**{"a": [1.0, 2.0, 3.0], name: [7, 9, 7]})
    assert dataset.feature_names == ("a",)
    assert dataset.y.tolist() == [0, 1, 0]
    assert dataset.names == ("7", "9")
    assert dataset.notes == (f"Column '{name}' holds the labels, which only score.",)


@pytest.mark.parametrize("name", ["labels", "my_class", "yy", "target2"])
def test_a_name_that_only_resembles_is_a_feature(name: str) -> None:
    dataset = convert(**{"a": [1.0, 2.0, 3.0], name: [7, 9, 7]})
    assert dataset.feature_names == ("a", name)
    assert dataset.y is None


def test_the_column_asked_for_is_the_label_and_others_do_not_leak() -> None:
    dataset = convert("species", a=[1.0, 2.0, 3.0], target=[0, 1, 0], species=["cat", "dog", "cat"])
    assert dataset.feature_names == ("a",)
    assert dataset.names == ("cat", "dog")
    assert dataset.notes[1].startswith("Column 'target' was left out because the name says label (")


def test_a_label_column_that_is_not_there_is_named_with_the_nearest() -> None:
    with pytest.raises(
        DataError, match=r"no column 'specie' .* 'species'. Did you mean 'species'?"
    ):
        convert("specie", a=[1.0, 2.0], species=["cat", "dog"])


def test_a_regression_target_is_left_out_and_is_no_feature() -> None:
    dataset = convert(a=[1.0, 2.0, 3.0], target=[0.1, 0.2, 0.35])
    assert dataset.feature_names == ("a",)
    assert dataset.y is None
    assert "are numbers with fractions, not classes" in dataset.notes[0]


def test_labels_that_are_missing_somewhere_are_left_out() -> None:
    dataset = convert(a=[1.0, 2.0, 3.0], label=["u", None, "v"])
    assert dataset.y is None
    assert "missing for 1 of 3 samples" in dataset.notes[0]


def test_categories_are_one_hot_encoded() -> None:
    dataset = convert(a=np.arange(4.0), color=["red", "blue", "red", "blue"])
    assert dataset.feature_names == ("a", "color=blue", "color=red")
    np.testing.assert_array_equal(dataset.X[:, 1:], [[0, 1], [1, 0], [0, 1], [1, 0]])
    assert dataset.notes == ("Column 'color' was one-hot encoded.",)


def test_missing_categories_are_marked_and_said() -> None:
    dataset = convert(a=np.arange(4.0), color=["red", None, "red", "blue"])
    assert dataset.feature_names == ("a", "color=blue", "color=red", "color=missing")
    np.testing.assert_array_equal(dataset.X[:, 3], [0, 1, 0, 0])
    # A gap pulls a distance nowhere: it has the shares of all rows.
    np.testing.assert_allclose(dataset.X[1, 1:3], [1 / 3, 2 / 3], rtol=1e-6)
    assert "'color' has missing cells" in dataset.notes[1]


def test_a_question_mark_among_words_is_a_gap_and_said() -> None:
    dataset = convert(a=np.arange(6.0), work=["state", "?", "private", "state", "?", "private"])
    assert dataset.feature_names == ("a", "work=private", "work=state", "work=missing")
    assert dataset.X[:, 3].tolist() == [0, 1, 0, 0, 1, 0]
    assert "'?' was read as a missing cell in 'work'" in dataset.notes[0]


@pytest.mark.parametrize(("n_values", "is_kept"), [(20, True), (21, False)])
def test_twenty_categories_are_kept_more_are_free_text(n_values: int, is_kept: bool) -> None:
    texts = [f"value {number % n_values}" for number in range(N)]
    dataset = convert(a=np.arange(float(N)), text=texts)
    assert len(dataset.feature_names) == (21 if is_kept else 1)
    assert ("left out" in dataset.notes[0]) != is_kept


def test_texts_that_all_differ_are_identifiers_however_few() -> None:
    dataset = convert(a=np.arange(3.0), name=["ann", "bob", "cleo"])
    assert dataset.feature_names == ("a",)
    assert dataset.notes == (
        "Column 'name' was left out: free text, identifiers or nested values.",
    )


@pytest.mark.parametrize("name", ["id", "ID", "Index", "Unnamed: 0", "row_id"])
def test_row_numbers_are_no_feature(name: str) -> None:
    dataset = convert(**{name: np.arange(N), "a": RNG.normal(size=N)})
    assert dataset.feature_names == ("a",)
    assert "row numbers" in dataset.notes[0]


def test_a_column_called_id_that_repeats_is_a_feature() -> None:
    dataset = convert(id=np.arange(N) % 3, a=RNG.normal(size=N))
    assert dataset.feature_names == ("id", "a")


def test_booleans_become_zero_and_one() -> None:
    dataset = convert(a=[True, False, True], b=[False, False, True])
    np.testing.assert_array_equal(dataset.X, [[1, 0], [0, 0], [1, 1]])
    assert dataset.X.dtype == np.uint8


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, None])
def test_missing_numbers_are_refused_with_place_and_way_out(bad: float | None) -> None:
    values = [1.0, 2.0, bad, 4.0, bad]
    frame = pd.DataFrame({"a": np.arange(5.0), "age": values, "b": np.arange(5.0)})
    with pytest.raises(DataError) as caught:
        features_and_labels(frame, "The file 'x.csv'", options=TableOptions(missing="refuse"))
    assert str(caught.value).startswith(
        "The file 'x.csv' has missing or infinite values in 2 row(s), column(s) 'age', first in row 2"
    )
    assert "frame.dropna()" in str(caught.value)


@pytest.mark.parametrize(
    "column",
    [
        pd.array([1, None, 3], dtype="Int64"),
        pd.array([0.5, None, 3], dtype="Float64"),
        pd.array([True, None, False], dtype="boolean"),
    ],
)
def test_missing_values_of_every_dialect_are_seen(column: object) -> None:
    dataset = convert(a=np.arange(3.0), b=column)
    assert dataset.feature_names == ("a", "b", "b=missing")
    assert dataset.X[:, 2].tolist() == [0, 1, 0]
    assert "'b' has missing cells" in " ".join(dataset.notes)


def test_numbers_with_blemishes_are_refused_not_dropped() -> None:
    ages = [str(number) for number in range(N)]
    ages[11] = "unknown"
    with pytest.raises(
        DataError, match=r"numbers in column 'age' except in 1 row.*'unknown' in row 11"
    ):
        convert(a=np.arange(float(N)), age=ages)


def test_numbers_stored_as_text_are_numbers() -> None:
    dataset = convert(a=np.arange(3.0), b=["1.5", "2.5", "3.5"])
    np.testing.assert_array_equal(dataset.X[:, 1], [1.5, 2.5, 3.5])


def test_constant_columns_are_kept_and_said() -> None:
    dataset = convert(a=np.arange(3.0), b=[5, 5, 5])
    assert dataset.feature_names == ("a", "b")
    assert dataset.notes == ("1 of 2 columns are constant: 'b'.",)


def test_a_single_column_is_enough() -> None:
    assert convert(a=[1.0, 2.0, 3.0]).X.shape == (3, 1)


def test_nothing_to_learn_from_is_refused() -> None:
    with pytest.raises(DataError, match="no column of numbers or categories"):
        convert(name=["ann", "bob", "cleo"], y=[0, 1, 0])


def test_integers_stay_integers() -> None:
    assert convert(a=[1, 2, 3], b=[True, False, True]).X.dtype == np.int64
    assert convert(a=[1, 2, 3], b=[1.5, 2, 3]).X.dtype == np.float64


def test_many_names_are_shortened() -> None:
    columns = {f"text{number}": [f"{row}-{number}" for row in range(N)] for number in range(9)}
    note = convert(a=np.arange(N), **columns).notes[0]
    assert "'text4' and 4 more were left out" in note


def test_columns_with_one_name_are_refused() -> None:
    frame = pd.DataFrame([[1.0, 2.0], [3.0, 4.0]], columns=["a", "a"])
    with pytest.raises(DataError, match="several columns with the same name: 'a'"):
        features_and_labels(frame, "It")
