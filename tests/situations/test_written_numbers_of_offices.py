"""Numbers as offices, laboratories and loggers write them."""

import numpy as np
import pytest

from latens.exceptions import DataError

N = 60
R = np.random.default_rng(29)
B = [f"{value:.1f}" for value in R.normal(size=N)]


@pytest.mark.parametrize(
    ("sep", "cells", "numbers"),
    [
        pytest.param(";", ["1\u2019234.50", "999.25"], [1234.5, 999.25], id="Excel of Zurich"),
        pytest.param("\t", ["1.234,50-", "12,00 "], [-1234.5, 12], id="SAP, the minus at the end"),
        pytest.param(
            ",", ['"1\u202f234,56\u00a0\u20ac"', '"12,50\u00a0\u20ac"'], [1234.56, 12.5], id="Paris"
        ),
        pytest.param(",", ['"($1,234.50)"', "$12.00"], [-1234.5, 12], id="accounts in dollars"),
        pytest.param(",", ["-$5.00", "$7.50"], [-5, 7.5], id="a minus before the dollar"),
        pytest.param(";", ["1,5E+03", "2,5E-01"], [1500, 0.25], id="German Excel, exponents"),
        pytest.param(",", ['"1,234\u5186"', "980\u5186"], [1234, 980], id="yen behind"),
        pytest.param(",", ['"\uffe51,234"', "\uffe5980"], [1234, 980], id="yen, full width"),
        pytest.param(",", ["\uff11\uff12", "\uff13\uff14"], [12, 34], id="digits of full width"),
        pytest.param(",", ['"\u20b9 1,23,456.00"', '"\u20b9 980.00"'], [123456, 980], id="lakh"),
        pytest.param(",", ['" 12.5 "', '"  7.25"'], [12.5, 7.25], id="padded cells"),
        pytest.param(" ", ["1.5D+03", "2.5D-01"], [1500, 0.25], id="Fortran"),
        pytest.param(",", ["'1.5'", "'2.5'"], [1.5, 2.5], id="single quotes of MySQL"),
        pytest.param(";", ["1.234.567,8", "12,0"], [1234567.8, 12], id="millions"),
    ],
)
def test_numbers_come_out_as_they_were_meant(read_columns, sep, cells, numbers) -> None:
    other = B if sep in ", " else [value.replace(".", ",") for value in B]
    found = read_columns({"a": (cells * N)[:N], "b": other}, sep=sep)
    np.testing.assert_allclose(found.X[:2, 0], numbers)
    assert found.feature_names == ("a", "b")


def test_below_the_limit_of_detection_is_no_number(read_columns) -> None:
    cells = [f"{value:.2f}" for value in R.random(N) + 0.1]
    cells[4::7] = ["<0.05"] * len(cells[4::7])
    with pytest.raises(DataError, match=r"'<0.05' in row 4"):
        read_columns({"lead": cells, "b": B})


def test_a_mark_behind_a_number_is_no_number(read_columns) -> None:
    cells = [f"{value:.2f}" for value in R.random(N)]
    cells[9] += "*"
    with pytest.raises(DataError, match=r"in row 9.*--without 'a'"):
        read_columns({"a": cells, "b": B})


def test_thousands_and_millions_with_letters_are_left_out_or_read(read_columns, said) -> None:
    cells = [f"{row + 1}.5{'kM'[row % 2]}" for row in range(N)]
    found = read_columns({"subscribers": cells, "b": B})
    assert found.feature_names == ("b",)
    assert said(found, "'subscribers'", "several units")


def test_thousands_with_a_letter_beside_plain_numbers_are_not_the_smaller_ones(
    read_columns, said
) -> None:
    cells = [f"{row + 1}.2k" if row % 2 else str(900 + row) for row in range(N)]
    found = read_columns({"followers": cells, "b": B})
    assert found.feature_names == ("b",)
    assert said(found, "'followers'")


def test_installs_of_the_play_store_are_left_out_by_name(read_columns, said) -> None:
    cells = [f'"{10 ** (row % 5 + 1):,}+"' for row in range(N)]
    found = read_columns({"installs": cells, "b": B})
    # Five kinds of words: categories, and said as such.
    assert "installs=10+" in found.feature_names
    assert said(found, "'installs'", "one-hot")


def test_blood_pressure_is_text_that_is_left_out(read_columns, said) -> None:
    cells = [f"{110 + row}/{70 + row % 13}" for row in range(N)]
    found = read_columns({"RR": cells, "b": B})
    assert found.feature_names == ("b",)
    assert said(found, "'RR'")


def test_ages_in_ranges_are_categories(read_columns) -> None:
    found = read_columns({"age": ["10-19", "20-29", "30-39"] * 20, "b": B})
    assert found.feature_names[:3] == ("age=10-19", "age=20-29", "age=30-39")


def test_wells_of_a_plate_are_no_powers_of_ten(read_columns) -> None:
    cells = [f"{row}{column}{row}" for row in (1, 2) for column in "ABCDEF"] * 5
    found = read_columns({"well": cells, "b": B})
    assert "well=1E1" in found.feature_names
    assert "well" not in found.feature_names


@pytest.mark.parametrize("value", ["-999", "-9999.0", "9999", "99999", "-1e30", "-999.9", "-99.99"])
def test_a_value_far_outside_that_comes_again_is_said(read_columns, said, value: str) -> None:
    cells = [f"{temperature:.1f}" for temperature in R.normal(12, 6, N)]
    cells[5::20] = [value] * 3
    found = read_columns({"temp": cells, "b": B})
    assert said(found, "'temp'", f"{float(value):.10g}", "3", "missing", "--missing")


def test_a_gain_that_was_cut_at_99999_is_said(read_columns, said) -> None:
    cells = [*["0"] * 40, *map(str, range(3_000, 41_300, 2_300)), *["99999"] * 3]
    found = read_columns({"gain": cells, "b": B})
    assert said(found, "'gain' (99999 in 3 rows)", "--missing")


def test_a_value_of_a_questionnaire_that_is_no_answer_is_said(read_columns, said) -> None:
    found = read_columns({"q1": [*(["1", "2", "4", "5", "3"] * 11), *["99"] * 5], "b": B})
    assert said(found, "'q1' (99 in 5 rows)", "--missing")


@pytest.mark.parametrize(
    "cells",
    [
        [*["0"] * 50, *["10000"] * 10],  # capital gains
        [*map(str, range(1, 58)), "900", "900", "900"],
        [str(10 ** (row % 6)) for row in range(N)],
        [*["1"] * 57, *["9999"] * 3],  # two values: yes and no of somebody
        [str(1900 + row) for row in range(N)],
    ],
    ids=["gains", "a common high", "powers", "two values", "years"],
)
def test_other_values_that_come_again_are_said_nothing_of(read_columns, said, cells) -> None:
    assert not said(read_columns({"a": cells, "b": B}), "'a'", "--missing")
