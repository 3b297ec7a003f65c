"""Tables of mixed columns become features and come back as rows."""

import json

import numpy as np
import pandas as pd
import pytest

from latens.data import TableEncoder
from latens.data.table_encoding.encoder import TableFacts
from latens.exceptions import DataError, ParameterError

N = 60
R = np.random.default_rng(3)


def mixed(n: int = N) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    table = pd.DataFrame(
        {
            "code": [f"K-{row:04d}" for row in range(n)],
            "count": rng.poisson(4, n),
            "price": rng.normal(20, 5, n).round(2),
            "small": rng.normal(size=n).astype(np.float32),
            "whole": pd.array(rng.integers(1, 9, n), dtype="Int64"),
            "kind": rng.choice(["red", "green", "blue"], n),
            "grade": pd.Categorical(
                rng.choice(["low", "mid", "high"], n), ["low", "mid", "high"], ordered=True
            ),
            "plain": pd.Categorical(rng.choice(["u", "v"], n), ["v", "u", "w"]),
            "ok": rng.random(n) < 0.3,
            "when": pd.Timestamp("2021-03-01") + pd.to_timedelta(rng.integers(0, 900, n), "D"),
            "zoned": pd.Timestamp("2021-03-01 10:30", tz="Europe/Berlin")
            + pd.to_timedelta(rng.integers(0, 9000, n), "h"),
            "day": [f"{one:%d.%m.%Y}" for one in pd.date_range("2020-01-30", periods=n)],
            "note": [f"said {row * 7919 % 101} things about {row} of them" for row in range(n)],
        }
    )
    table.loc[[1, 4], "price"] = np.nan
    table.loc[[2, 5, 6], "kind"] = None
    table.loc[7, "when"] = pd.NaT
    table.loc[8, "whole"] = pd.NA
    return table


LEFT_OUT = ["code", "note"]


def test_a_table_comes_back_with_types_levels_dates_and_gaps():
    table = mixed()
    encoder = TableEncoder().fit(table)
    back = encoder.inverse_transform(encoder.transform(table))
    assert list(back.columns) == list(table.columns)
    pd.testing.assert_frame_equal(
        back.drop(columns=LEFT_OUT), table.drop(columns=LEFT_OUT), check_dtype=True, rtol=1e-5
    )
    assert (back.dtypes == table.dtypes).all()


def test_features_are_finite_and_named_once_and_a_mark_says_where_a_gap_is():
    table = mixed()
    encoder = TableEncoder()
    features = encoder.learn(table, "The table")
    names = encoder.get_feature_names_out().tolist()
    assert features.shape == (N, len(names)) == (N, len(set(names)))
    assert np.isfinite(features).all()
    for name in ("price", "kind", "when", "whole"):
        marked = np.flatnonzero(features[:, names.index(f"{name}=missing")])
        assert marked.tolist() == np.flatnonzero(table[name].isna()).tolist()
    assert not any(name.startswith(tuple(LEFT_OUT)) for name in names)


def test_scaled_numbers_have_mean_0_and_variance_1_and_levels_the_variance_of_factor_analysis():
    table = mixed().dropna()
    encoder = TableEncoder().fit(table)
    Z = encoder.transform(table)
    names = encoder.get_feature_names_out().tolist()
    assert Z[:, names.index("count")].mean() == pytest.approx(0, abs=1e-6)
    assert Z[:, names.index("count")].var() == pytest.approx(1, rel=1e-5)
    levels = [place for place, name in enumerate(names) if name.startswith("kind=")]
    # Each level has 1 - share, so that a column of k levels has k - 1 (Pages 2014).
    assert Z[:, levels].var(axis=0).sum() == pytest.approx(len(levels) - 1, rel=1e-5)


def test_new_rows_may_have_other_orders_and_columns_and_unknown_levels_are_gaps():
    table = mixed()
    encoder = TableEncoder().fit(table)
    other = table[table.columns[::-1]].assign(more=1)
    np.testing.assert_array_equal(encoder.features(other), encoder.features(table))
    unseen = table.assign(kind="purple")
    back = encoder.rows(encoder.features(unseen))
    assert back["kind"].isna().all()
    with pytest.raises(DataError, match="lacks 'count'"):
        encoder.features(table.drop(columns="count"))
    with pytest.raises(DataError, match=r"holds 'many' in row 0 .*'count', .* numbers"):
        encoder.features(table.assign(count="many"))


def test_what_the_user_says_of_a_column_overrules_what_it_looks_like():
    table = pd.DataFrame(
        {"zip": [10115, 20095] * 10, "grade": ["b", "a"] * 10, "x": R.normal(size=20)}
    )
    encoder = TableEncoder({"zip": "category", "grade": ["a", "b", "c"], "x": "omit"}).fit(table)
    assert encoder.get_feature_names_out().tolist() == ["zip=10115", "zip=20095", "grade"]
    assert encoder.features(table)[:2, 2].tolist() == [1, 0]
    assert encoder.rows(encoder.features(table))["zip"].tolist() == table["zip"].tolist()
    with pytest.raises(ParameterError, match="'age', which the table does not have"):
        TableEncoder({"age": "number"}).fit(table)
    with pytest.raises(ParameterError, match="must be one of number"):
        TableEncoder({"zip": "code"}).fit(table)
    with pytest.raises(DataError, match="none of the levels 'a'"):
        TableEncoder({"grade": ["a"]}).fit(table)
    with pytest.raises(DataError, match=r"'grade' cannot be numbers: it holds 'b' in row 0"):
        TableEncoder({"grade": "number"}).fit(table)


def test_rare_levels_share_a_feature_and_come_back_as_the_most_frequent_of_them():
    cities = [f"city {number}" for number in range(25)]
    cells = np.repeat(cities, [40] * 20 + [3, 2, 2, 2, 2])
    encoder = TableEncoder().fit(pd.DataFrame({"city": cells}))
    assert encoder.n_features == 21
    assert encoder.get_feature_names_out()[-1] == "city=other"
    rare = encoder.rows(encoder.features(pd.DataFrame({"city": ["city 23"]})))
    assert rare["city"].tolist() == ["city 20"]


def test_ids_are_new_and_follow_the_last_one_and_text_comes_back_empty():
    table = mixed()
    encoder = TableEncoder().fit(table)
    rows = encoder.rows(encoder.features(table)[:3])
    assert rows["code"].tolist() == ["K-0060", "K-0061", "K-0062"]
    assert rows["note"].isna().all()


@pytest.mark.parametrize("cells", [[1, 2, 3], [1.5, 2.5, 3.5], [True, False, True], list("abc")])
def test_a_column_of_any_type_that_is_left_out_comes_back_empty(cells):
    table = pd.DataFrame({"left": cells, "x": [0.5, 1.5, 2.5]})
    encoder = TableEncoder({"left": "omit"}).fit(table)
    assert encoder.rows(encoder.features(table))["left"].isna().all()


def test_numbers_keep_their_range_and_decimals():
    encoder = TableEncoder().fit(
        pd.DataFrame({"n": [1, 2, 9], "x": [0.25, 1.5, 2.75], "w": list("aab")})
    )
    far = np.array([[30.2, -4.0, 0.9, 0.1], [4.6, 1.2345, 0.2, 0.8]])
    rows = encoder.rows(far)
    assert rows["n"].tolist() == [9, 5]
    assert rows["x"].tolist() == [0.25, 1.23]
    assert rows["w"].tolist() == ["a", "b"]


def test_the_more_probable_of_gap_and_cell_counts_and_no_cell_is_a_gap_in_complete_rows():
    encoder = TableEncoder().fit(pd.DataFrame({"x": [1.0, None, 3.0, 5.0], "w": list("abab")}))
    features = np.array([[2.0, 0.9, 0.5, 0.5], [2.0, 0.4, 0.5, 0.5]])
    assert encoder.rows(features)["x"].isna().tolist() == [True, False]
    assert not encoder.rows(features, complete=True)["x"].isna().any()


def test_few_values_that_have_most_of_the_variance_count_by_their_logarithm():
    x = np.append(np.linspace(0, 10, 999), 1e6)
    table = pd.DataFrame({"x": x, "w": ["a", "b"] * 500})
    encoder = TableEncoder().fit(table)
    Z = encoder.transform(table)[:, 0]
    assert Z[:-1].std() == pytest.approx(1, rel=0.01)
    assert 5 < Z[-1] < 30
    np.testing.assert_allclose(
        encoder.inverse_transform(encoder.transform(table))["x"], x, rtol=1e-4
    )


@pytest.mark.parametrize("source", ["polars", "arrow"])
def test_tables_of_polars_and_arrow_come_back_as_what_they_were(source):
    frame = mixed()[["count", "price", "kind", "ok", "when"]]
    if source == "polars":
        polars = pytest.importorskip("polars")
        table = polars.from_pandas(frame)
    else:
        table = pytest.importorskip("pyarrow").Table.from_pandas(frame, preserve_index=False)
    encoder = TableEncoder().fit(table)
    back = encoder.inverse_transform(encoder.transform(table))
    assert type(back) is type(table)
    assert back.to_pandas()["kind"].isna().tolist() == frame["kind"].isna().tolist()


def test_a_description_in_json_restores_the_encoder():
    table = mixed()
    encoder = TableEncoder(mark_gaps="always").fit(table)
    text = json.dumps(encoder.facts())
    restored = TableEncoder.restored(TableFacts.model_validate_json(text))
    np.testing.assert_array_equal(restored.transform(table), encoder.transform(table))
    pd.testing.assert_frame_equal(
        restored.rows(restored.features(table)), encoder.rows(encoder.features(table))
    )
    broken = json.loads(text)
    broken["scale"] = broken["scale"][:-1]
    with pytest.raises(ValueError, match="shape"):
        TableEncoder.restored(TableFacts.model_validate(broken))


def test_a_table_of_numbers_alone_is_its_own_features():
    X = R.normal(size=(30, 4))
    encoder = TableEncoder().fit(X)
    assert encoder.is_plain
    np.testing.assert_array_equal(encoder.features(X), X)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (pd.DataFrame({"a": []}), "no rows"),
        (pd.DataFrame({"a": [None, None]}), "no column of numbers or categories"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "several columns with the same name"),
        (pd.DataFrame({"a": [1.0, np.inf], "b": list("uv")}), "infinity in row 1"),
        (np.zeros((2, 2, 2)), "two axes"),
    ],
)
def test_what_is_no_table_to_learn_from_is_refused_by_name(table, words):
    with pytest.raises(DataError, match=words):
        TableEncoder().fit(table)


def test_one_row_and_very_many_columns_are_tables():
    one = TableEncoder().fit(pd.DataFrame({"x": [3], "w": ["a"], "y": [None]}))
    assert one.rows(one.features(pd.DataFrame({"x": [3], "w": ["a"], "y": [None]})))[
        "x"
    ].tolist() == [3]
    wide = pd.DataFrame(R.normal(size=(3, 2_000)), columns=[f"c{place}" for place in range(2_000)])
    wide["w"] = list("aba")
    encoder = TableEncoder().fit(wide)
    assert encoder.transform(wide).shape == (3, 2_002)
