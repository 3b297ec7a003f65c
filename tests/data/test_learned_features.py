"""New tables beside the one that was learned from."""

import numpy as np
import pandas as pd
import pytest

from latens.data import load
from latens.data.table_features import features_and_labels
from latens.exceptions import DataError, ParameterError

LEARNED = ("size", "color=blue", "color=red")


def features(columns, learned=LEARNED):
    return features_and_labels(pd.DataFrame(columns), "The file 'new.csv'", learned)


@pytest.mark.parametrize(
    "columns",
    [
        {"size": [1, 3], "color": ["red", "blue"]},
        {"color": ["red", "blue"], "size": [1, 3]},
        {"color": ["red", "blue"], "size": ["1", "3"], "class": ["a", "b"]},
        {"id": [7, 9], "color": ["red", "blue"], "size": [1, 3]},
    ],
    ids=["same", "another order", "numbers as text, labels", "row numbers"],
)
def test_the_features_are_those_learned_from_in_their_order(columns):
    found = features(columns)
    assert found.X.tolist() == [[1, 0, 1], [3, 1, 0]]
    assert found.feature_names == LEARNED


def test_one_row_is_enough_and_a_category_in_every_row_is_one_of_those_known():
    assert features({"size": [5], "color": ["blue"]}).X.tolist() == [[5, 1, 0]]
    every = features({"size": [5, 6], "color": ["red", "blue"]})
    assert every.X.tolist() == [[5, 0, 1], [6, 1, 0]]


def test_a_new_category_is_none_of_the_known_ones_and_is_said():
    found = features({"size": [1, 2], "color": ["purple", None]})
    assert found.X.tolist() == [[1, 0, 0], [2, 0, 0]]
    assert "'color=missing', 'color=purple'" in found.notes[-1]


def test_categories_that_look_like_numbers_are_still_categories():
    found = features({"zip": [8001, 8002]}, ("zip=8001", "zip=B1"))
    assert found.X.tolist() == [[1, 0], [0, 0]]


def test_names_of_columns_and_categories_may_hold_the_mark_between_them():
    learned = ("a=b=c", "a=b=d=e", "a=z")
    found = features({"a": ["z", "b"], "a=b": ["c", "d=e"]}, learned)
    assert found.X.tolist() == [[1, 0, 1], [0, 1, 0]]


@pytest.mark.parametrize(
    "cells",
    [["good", "good"], [None, None], [1000, 1001], ["A/5", "1000"], [3.5, None]],
    ids=["text", "empty", "numbers", "both", "gaps"],
)
def test_other_columns_are_left_out_and_said_whatever_they_hold(cells):
    found = features({"size": [1, 2], "color": ["red", "red"], "ticket": cells, "id": [7, 7]})
    assert found.X.tolist() == [[1, 0, 1], [2, 0, 1]]
    assert found.notes == ("Columns 'ticket', 'id' were not learned from and left out.",)


@pytest.mark.parametrize(
    ("cells", "new"),
    [
        (["01", "02", "A1", "01"], ["01"]),
        (["true", "false", "maybe", "true"], ["true", "false"]),
        (["2", "3", "5more", "2"], ["2", "", "3"]),
    ],
)
def test_categories_of_a_file_are_the_text_that_stands_there(tmp_path, cells, new):
    (tmp_path / "old.csv").write_text("a,b\n" + "".join(f"{one},1\n" for one in cells))
    (tmp_path / "new.csv").write_text("a,b\n" + "".join(f"{one},1\n" for one in new))
    old = load(tmp_path / "old.csv")
    found = load(tmp_path / "new.csv", feature_names=old.feature_names)
    for row, cell in zip(found.X, new, strict=True):
        wanted = old.X[cells.index(cell)] if cell else [0, 0, 0, 1]
        assert row.tolist() == list(wanted)


def test_a_file_without_a_header_keeps_its_categories_too(tmp_path):
    (tmp_path / "old.csv").write_text("1,01\n2,A1\n3,01\n")
    (tmp_path / "new.csv").write_text("7,01\n")
    old = load(tmp_path / "old.csv")
    assert old.feature_names == ("column 0", "column 1=01", "column 1=A1")
    new = load(tmp_path / "new.csv", feature_names=old.feature_names)
    assert new.X.tolist() == [[7, 1, 0]]


def test_a_column_called_as_a_category_is_refused(tmp_path):
    frame = pd.DataFrame({"a": ["b", "c", "b"], "a=b": [1.5, 2.5, 3.5]})
    with pytest.raises(DataError, match="It has a column 'a=b', which is also what a feature of"):
        features_and_labels(frame, "It")
    with pytest.raises(ParameterError, match="'feature_names' parameter of load"):
        load(tmp_path, feature_names="size")


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"color": ["red"]}, "lacks 'size'"),
        ({"size": [1]}, "lacks 'color=blue', 'color=red'"),
        ({"size": ["3", "tall"], "color": ["red"] * 2}, "holds 'tall' in row 1 .* of 'size'"),
        ({"size": [None], "color": ["red"]}, "missing or infinite values"),
    ],
)
def test_columns_that_do_not_fit_are_named(columns, words):
    with pytest.raises(DataError, match=words):
        features(columns)


def test_a_file_is_read_with_the_features_of_another(tmp_path):
    pd.DataFrame({"size": [1, 2, 4], "color": ["red", "blue", "red"]}).to_csv(
        tmp_path / "old.csv", index=False
    )
    pd.DataFrame({"color": ["red"], "size": [3]}).to_csv(tmp_path / "new.csv", index=False)
    old = load(tmp_path / "old.csv")
    # As estimators keep them.
    for names in (old.feature_names, np.array(old.feature_names, dtype=object)):
        new = load(tmp_path / "new.csv", feature_names=names)
        assert new.feature_names == old.feature_names == LEARNED
        assert new.X.tolist() == [[3, 0, 1]]


def test_what_was_learned_from_is_a_feature_of_a_single_row_too(tmp_path):
    # Of one row the y of a point might be a class.
    (tmp_path / "known.csv").write_text("a,y\n0.5,1.5\n0.25,2.5\n0.75,3.25\n")
    known = load(tmp_path / "known.csv")
    assert known.feature_names == ("a", "y")
    (tmp_path / "new.csv").write_text("y,a\n2,0.5\n")
    assert load(tmp_path / "new.csv", feature_names=known.feature_names).X.tolist() == [[0.5, 2]]


def test_a_new_file_may_be_written_otherwise(tmp_path):
    (tmp_path / "known.csv").write_text("a,b\n1268.5,0.5\n759.25,0.25\n")
    known = load(tmp_path / "known.csv")
    (tmp_path / "new.csv").write_text("# made later\na;b\n1.268,5;0,5\n759,25;0,25\n")
    new = load(tmp_path / "new.csv", feature_names=known.feature_names)
    np.testing.assert_array_equal(new.X, known.X)


def test_a_category_called_NA_is_the_same_in_a_new_file(tmp_path):
    (tmp_path / "known.csv").write_text("a,k\n" + "1,NA\n2,EU\n" * 3)
    known = load(tmp_path / "known.csv")
    assert known.feature_names == ("a", "k=EU", "k=NA")
    (tmp_path / "new.csv").write_text("a,k\n5,NA\n")
    assert load(tmp_path / "new.csv", feature_names=known.feature_names).X.tolist() == [[5, 0, 1]]
