"""The user's own columns stay as they stand in the table, whatever is learned from them."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from latens._columns import OwnColumn
from latens.data import load
from latens.data.own_columns import own_columns, said_of_left_out


def table_of(path: Path, text: str, **options: object):
    path.write_text(text)
    return load(path, **options)


def test_the_customer_table_is_what_it_says(customers_csv: Path, customer_table) -> None:
    table, huge, odd = (
        pd.read_csv(customers_csv),
        customer_table.HUGE_ORDER,
        customer_table.ODD_PAIR,
    )
    assert len(table) == customer_table.N_CUSTOMERS == 3_000
    assert table["customer_id"].is_unique
    has_gap = table.drop(columns="note").isna().any(axis=1)
    assert has_gap.mean() == pytest.approx(0.2, abs=0.01)
    shares = table["region"].value_counts(normalize=True)
    assert shares["overseas"] == pytest.approx(0.01, abs=0.005)
    assert table["newsletter"].dtype == bool
    usual = table[table["customer_id"] != huge]
    assert (usual["orders"].min(), usual["orders"].max()) == (1, 11)
    assert table.set_index("customer_id").loc[huge, "orders"] == 400
    # Of the pair each value is usual, and nobody else has them together.
    pair = table.set_index("customer_id").loc[odd]
    others = usual[usual["customer_id"] != odd]
    for name in ("region", "plan", "payment", "orders", "returns", "rating"):
        assert (others[name] == pair[name]).sum() > 20
    overseas = others[others["region"] == "overseas"]
    assert set(overseas["plan"]) == {"basic"}
    assert set(overseas["payment"]) == {"card"}
    cells = customers_csv.read_text().splitlines()[1].split(",")
    assert cells[8].partition(".")[2].isdigit()
    assert len(cells[8].partition(".")[2]) == 2


def test_all_columns_come_back_with_their_text_dates_and_gaps(customers_csv: Path) -> None:
    """Against pandas, which reads the same file without latens."""
    columns = load(customers_csv, missing="median").columns
    as_text = pd.read_csv(customers_csv, dtype=str, keep_default_na=False)
    assert list(columns.names) == list(as_text.columns)
    for column in columns:
        cells = ["" if cell is None else cell for cell in column.cells()]
        assert cells == as_text[column.name].tolist(), column.name
    kinds = {column.name: column.kind for column in columns}
    assert [name for name, kind in kinds.items() if kind == "number"] == [
        *("age", "orders", "spent", "returns", "rating")
    ]
    assert (kinds["joined"], kinds["newsletter"], kinds["region"]) == ("date", "truth", "text")
    frame, plain = columns.frame(), pd.read_csv(customers_csv)
    for name in ("age", "spent", "newsletter", "orders"):
        pd.testing.assert_series_equal(frame[name], plain[name], check_dtype=False)
    days = pd.to_datetime(plain["joined"]) - pd.Timestamp("1970-01-01")
    assert columns["joined"].numbers.tolist() == days.dt.days.tolist()
    assert columns["customer_id"].use.startswith("left out")


def test_rows_that_were_dropped_leave_the_others_where_they_stood(tmp_path: Path) -> None:
    text = "name,a,b\nu,1,x\nv,,y\nw,3,\nx,4,x\n"
    data = table_of(tmp_path / "x.csv", text, missing="drop", id_column="name")
    assert data.rows.tolist() == [0, 2, 3]
    assert data.columns["name"].cells() == ["u", "w", "x"]
    assert data.columns["b"].cells() == ["x", None, "x"]
    assert data.take([2, 0]).columns["name"].cells() == ["x", "u"]


def test_written_numbers_stay_as_they_are_written_and_mean_numbers(tmp_path: Path) -> None:
    text = "price;zip;n\n" + "".join(f"{1200 + at},50 €;0{at + 10};{at}\n" for at in range(30))
    columns = table_of(tmp_path / "x.csv", text.replace("12", "1.2", 1)).columns
    price, zip_code = columns["price"], columns["zip"]
    assert price.cells([0, 1]) == ["1.200,50 €", "1201,50 €"]
    assert price.numbers[:2].tolist() == [1200.5, 1201.5]
    assert zip_code.cells([0]) == ["010"]
    assert zip_code.numbers[0] == 10
    assert price.kind == zip_code.kind == "number"


def test_labels_and_columns_left_out_are_kept_and_not_learned_from(tmp_path: Path) -> None:
    text = "label,secret,a\n" + "".join(f"{'xy'[at % 2]},{at * 3},{at / 2}\n" for at in range(20))
    data = table_of(tmp_path / "x.csv", text, without=["secret"])
    assert data.feature_names == ("a",)
    assert data.columns.names == ("label", "secret", "a")
    assert data.columns["secret"].use == "left out, as asked"
    assert data.columns["label"].cells([0, 1]) == ["x", "y"]


def test_dates_that_may_be_read_in_two_ways_stay_text(tmp_path: Path) -> None:
    def day(form: str, first: int) -> str:
        return "".join(f"{form.format(first + at % 3, 4)},{at}\n" for at in range(30))

    for form, first, kind in (
        ("{:02}/{:02}/2024", 1, "text"),
        ("{:02}/{:02}/2024", 13, "date"),
        ("{:02}.{:02}.2024", 1, "date"),
    ):
        columns = table_of(tmp_path / "x.csv", f"when,n\n{day(form, first)}").columns
        assert columns["when"].kind == kind, form
    numbers = columns["when"].numbers
    assert numbers[0] == (np.datetime64("2024-04-01") - np.datetime64("1970-01-01")).astype(int)


def test_parquet_moments_truths_and_gaps_come_back(tmp_path: Path) -> None:
    when = pd.date_range("2024-01-01 06:30", periods=30, freq="D", tz="Europe/Berlin")
    frame = pd.DataFrame(
        {
            "when": when,
            "agreed": [True, False, None] * 10,
            "n": pd.array([1, None, 3] * 10, dtype="Int64"),
            "big": np.arange(30) + 2**60,
            "bytes": [b"x"] * 30,
            "value": np.arange(30) / 7,
        }
    )
    frame.loc[4, "when"] = pd.NaT
    frame.to_parquet(tmp_path / "x.parquet")
    columns = load(tmp_path / "x.parquet", missing="median").columns
    assert "bytes" not in columns.names
    assert columns["when"].cells([0, 4]) == ["2024-01-01T05:30:00", None]
    assert columns["agreed"].cells([0, 1, 2]) == ["True", "False", None]
    assert columns["n"].cells([0, 1, 2]) == ["1", None, "3"]
    assert columns["big"].cells([1]) == [str(2**60 + 1)]
    pd.testing.assert_series_equal(columns.frame()["value"], frame["value"])


def test_what_does_not_fit_is_left_out_and_said_of_and_the_rest_is_kept() -> None:
    n = 1_000
    frame = pd.DataFrame({f"n{at}": np.arange(n) / 7 for at in range(8)})
    frame["id"] = [f"customer {at}" for at in range(n)]
    uses = {"id": "left out: identifiers"}
    kept = own_columns(frame, uses, most_bytes=50_000)
    assert sum(column.nbytes for column in kept) <= 50_000
    # What nothing is learned from is nowhere else.
    assert kept.names == ("n0", "n1", "n2", "n3", "id")
    assert kept.left_out == ("n4", "n5", "n6", "n7")
    (said,) = said_of_left_out(kept)
    assert said.startswith("5 of 9 columns are kept as they stand")
    assert said_of_left_out(own_columns(frame, uses)) == []


def test_pixels_are_no_facts_about_an_image(tmp_path: Path) -> None:
    names = ",".join(f"pixel{at}" for at in range(64))
    rows = "".join(f"{at % 2},im{at}.png,{','.join(['7', *['9'] * 63])}\n" for at in range(20))
    data = table_of(tmp_path / "x.csv", f"label,file,{names}\n{rows}", without=["file"])
    assert data.X.shape == (20, 8, 8)
    assert data.columns.names == ("label", "file")


def test_numbers_are_kept_in_the_narrowest_type_that_holds_them() -> None:
    frame = pd.DataFrame(
        {"few": [1, 2, 200], "money": [1.5, 12.35, 2.0], "half": [0.5, np.nan, 2.0]}
    )
    types = {column.name: column.values.dtype.name for column in own_columns(frame, {})}
    assert types == {"few": "uint8", "money": "float64", "half": "float32"}
    assert own_columns(frame, {})["money"].cells() == ["1.50", "12.35", "2.00"]


def test_a_name_that_others_have_gets_a_number() -> None:
    columns = own_columns(pd.DataFrame({"row": [5, 6], "part": ["a", "b"]}), {})
    assert list(columns.frame(taken=["row"]).columns) == ["row 2", "part"]
    assert OwnColumn("x", "text", np.array([-1, -1], np.int8)).cells() == [None, None]
