"""Labels, counters, identifiers and truths as exports bring them; and neighbors that are none."""

import io

import numpy as np
import pandas as pd
import pytest

N = 60
R = np.random.default_rng(23)
A = R.normal(size=N).round(3)
B = R.normal(size=N).round(3)


def test_credit_cards_of_kaggle_have_labels_and_a_time_that_is_a_feature(read_columns) -> None:
    seconds = np.sort(R.integers(0, 170_000, N))
    fraud = ['"1"' if row % 20 == 0 else '"0"' for row in range(N)]
    found = read_columns({'"Time"': seconds, '"V1"': A, '"Amount"': B, '"Class"': fraud})
    assert found.feature_names == ("Time", "V1", "Amount")
    assert found.names == ("0", "1")
    np.testing.assert_array_equal(found.X[:, 0], seconds)


@pytest.mark.parametrize("name", ["Klasse", "classe", "clase", "Zielvariable", "étiquette"])
def test_classes_of_other_languages_are_pointed_out(read_columns, said, name: str) -> None:
    found = read_columns({"a": A, "b": B, name: ["rot", "grün", "blau"] * 20})
    assert said(found, repr(name), "--label-column", "--without")


def test_classen_is_no_class(read_columns, said) -> None:
    found = read_columns({"a": A, "Klassengröße": R.integers(15, 30, N)})
    assert not said(found, "Klassengröße")
    assert "Klassengröße" in found.feature_names


@pytest.mark.parametrize(("name", "n"), [("split", 2), ("fold", 5), ("Usage", 3), ("subset", 2)])
def test_the_part_that_a_row_belongs_to_is_pointed_out(read_columns, said, name, n) -> None:
    words = ["train", "test", "val"] if n < 5 else ["0", "1", "2", "3", "4"]
    found = read_columns({"a": A, name: (words[:n] * N)[:N]})
    assert said(found, f"'{name}'", "--without")


def test_a_fold_of_measured_numbers_is_a_feature(read_columns, said) -> None:
    found = read_columns({"a": A, "fold": B})
    assert found.feature_names == ("a", "fold")
    assert not said(found, "'fold'")


def test_an_index_of_two_round_trips_through_pandas_is_left_out_twice(read, said) -> None:
    frame = pd.DataFrame({"a": A, "b": B})
    for _ in range(2):
        frame = pd.read_csv(io.StringIO(frame.to_csv()))
    found = read(frame.to_csv())
    assert found.feature_names == ("a", "b")
    assert said(found, "'Unnamed: 0.1'", "--keep")


def test_ids_in_the_order_of_the_newest_are_left_out(read_columns, said) -> None:
    found = read_columns({"id": np.arange(N, 0, -1) + 7_000, "a": A})
    assert found.feature_names == ("a",)
    assert said(found, "--keep 'id'")


def test_a_customer_with_many_orders_is_an_identifier_that_is_pointed_out(
    read_columns, said
) -> None:
    found = read_columns({"customer_id": R.integers(10_000, 10_030, N), "amount": A})
    assert said(found, "'customer_id'", "--without")


def test_postal_codes_keep_no_leading_zeros_without_a_word(read_columns, said) -> None:
    codes = [f"{code:05d}" for code in R.integers(1_000, 99_000, N)]
    codes[:3] = ["01067", "04109", "09111"]
    found = read_columns({"PLZ": codes, "Umsatz": A})
    assert said(found, "'PLZ'", "01067", "zero")


def test_codes_that_look_like_powers_of_ten_are_said(read_columns, said) -> None:
    found = read_columns({"sample": [f"{row:04d}e{row % 9}" for row in range(N)], "a": A})
    assert said(found, "'sample'", "0000e0 is 0", "--without 'sample'")


def test_powers_of_ten_are_numbers_without_a_word(read_columns, said) -> None:
    found = read_columns({"cells": [f"{row % 7 + 1}e{row % 9}" for row in range(N)], "a": A})
    assert found.X[9, 0] == 3
    assert not said(found, "'cells'")


def test_hours_of_two_digits_are_numbers(read_columns, said) -> None:
    found = read_columns({"hour": [f"{row % 24:02d}" for row in range(N)], "a": A})
    assert found.X[:24, 0].tolist() == list(range(24))


def test_days_written_as_numbers_are_dates(read_columns, said) -> None:
    days = pd.date_range("2023-12-01", periods=N).strftime("%Y%m%d")
    found = read_columns({"Buchungstag": list(days), "a": A})
    assert found.feature_names == ("a",)
    assert said(found, "'Buchungstag'", "dates", "--keep")


def test_article_numbers_of_eight_digits_are_no_dates(read_columns) -> None:
    numbers = R.integers(20_240_000, 20_249_999, N) // 2 * 2
    numbers[0] = 20_241_398
    assert "artikel" in read_columns({"artikel": numbers, "a": A}).feature_names


def test_a_sensor_network_has_words_for_sensors_and_a_time_that_is_left_out(
    read_columns, said
) -> None:
    times = [f"2024-03-31T0{row % 10}:{row:02d}:00+02:00" for row in range(N)]
    found = read_columns({"ts": times, "node": ["n1", "n2", "n3"] * 20, "pm10": A})
    assert found.feature_names == ("node=n1", "node=n2", "node=n3", "pm10")
    assert said(found, "'ts'")


def test_of_two_columns_of_labels_one_is_taken_and_the_other_no_feature(read_columns, said) -> None:
    attacks = ["normal", "smurf", "neptune"] * 20
    found = read_columns({"duration": A, "label": attacks, "class": ["ok", "bad", "bad"] * 20})
    assert found.feature_names == ("duration",)
    assert said(found, "'label' holds the labels")
    assert said(found, "'class'", "--label-column 'class'", "--keep 'class'")


def test_labels_that_pandas_made_floats_are_classes(read_columns) -> None:
    found = read_columns({"a": A, "target": ["0.0", "1.0", "1.0"] * 20})
    assert found.names in (("0", "1"), ("0.0", "1.0"))
    assert found.y.tolist() == [0, 1, 1] * 20


def test_labels_of_a_support_vector_machine_are_minus_one_and_one(read_columns) -> None:
    found = read_columns({"a": A, "b": B, "y": [-1, 1, 1] * 20})
    assert found.names == ("-1", "1")
    assert found.feature_names == ("a", "b")


def test_emotions_with_pixels_in_one_cell_are_not_read_without_their_pixels(
    read_columns, said
) -> None:
    pixels = [" ".join(map(str, R.integers(0, 256, 16))) for _ in range(N)]
    columns = {"emotion": R.integers(0, 7, N), "pixels": pixels, "Usage": ["Training"] * N}
    found = read_columns(columns)
    assert said(found, "'pixels'", "16 numbers in each cell")


def test_embeddings_that_pandas_wrote_as_lists_are_named(read_columns, said) -> None:
    cells = [f'"[{a}, {b}, 1.0]"' for a, b in zip(A, B, strict=True)]
    found = read_columns({"price": A, "embedding": cells})
    assert said(found, "'embedding'", "3 numbers in each cell")


def test_words_that_mean_nothing_to_pandas_are_names_of_countries_and_grades(read_columns) -> None:
    found = read_columns(
        {"a": A, "country": ["NA", "DE", "None"] * 20, "label": ["None", "NA", "mild"] * 20}
    )
    assert found.feature_names == ("a", "country=DE", "country=NA", "country=None")
    assert sorted(found.names) == ["NA", "None", "mild"]


def test_barcodes_are_no_measurements(read_columns, said) -> None:
    codes = [f"4{code:012d}" for code in R.integers(10**11, 10**12 - 1, N)]
    found = read_columns({"EAN": codes, "Preis": A})
    assert said(found, "'EAN'")


def test_times_in_milliseconds_are_numbers(read_columns) -> None:
    times = 1_700_000_000_000 + 250 * np.arange(N)
    found = read_columns({"epoch_ms": times, "a": A})
    np.testing.assert_array_equal(found.X[:, 0], times)
