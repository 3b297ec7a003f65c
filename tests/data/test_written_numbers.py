"""Numbers as people write them; each rule with a neighbor that must not trigger it."""

from pathlib import Path

import numpy as np
import pytest

from latens.data import Dataset, load
from latens.data.written_numbers import is_written_number, marks_of, plain_number
from latens.exceptions import DataError

N = 60
R = np.random.default_rng(3)
WHOLE = R.integers(600, 2_000, N)
PARTS = R.integers(1, 2_000, N) / 100


def read(folder: Path, columns: dict[str, list[str]], sep: str = ";", **options: object) -> Dataset:
    lines = [sep.join(columns), *(sep.join(row) for row in zip(*columns.values(), strict=True))]
    (folder / "x.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return load(folder / "x.csv", **options)


def comma(values: np.ndarray, digits: int = 2) -> list[str]:
    return [f"{value:.{digits}f}".replace(".", ",") for value in values]


def grouped(values: np.ndarray, mark: str) -> list[str]:
    return [f"{value:,}".replace(",", mark) for value in values]


def said(dataset: Dataset, words: str) -> bool:
    return any(words in note for note in dataset.notes)


def test_dots_separate_thousands_beside_decimal_commas(tmp_path: Path) -> None:
    dataset = read(tmp_path, {"a": grouped(WHOLE, "."), "b": comma(PARTS)})
    np.testing.assert_array_equal(dataset.X, np.column_stack([WHOLE, PARTS]))
    assert said(dataset, "between thousands")


def test_all_of_four_digits_beside_decimal_commas(tmp_path: Path) -> None:
    # Every cell alone might be 1.268.
    dataset = read(tmp_path, {"a": grouped(WHOLE + 1_000, "."), "b": comma(PARTS)})
    np.testing.assert_array_equal(dataset.X[:, 0], WHOLE + 1_000)


def test_whole_numbers_and_thousands_alone_are_thousands(tmp_path: Path) -> None:
    # 998 beside 1.050: with three decimals it were 998.000, and shortest 1.05.
    values = np.append(WHOLE, 1_050)
    dataset = read(tmp_path, {"a": grouped(values, "."), "b": ["1"] * len(values)})
    np.testing.assert_array_equal(dataset.X[:, 0], values)


@pytest.mark.parametrize("other", [comma, lambda values: [f"{value:.2f}" for value in values]])
def test_true_three_decimals_are_decimals(tmp_path: Path, other) -> None:
    thousandths = R.integers(1_000, 9_999, N) / 1_000
    thousandths[0] = 0.5
    dataset = read(tmp_path, {"a": [f"{value:.3f}" for value in thousandths], "b": other(PARTS)})
    np.testing.assert_array_equal(dataset.X[:, 0], thousandths)


def test_true_1_050_beside_another_column_of_decimal_points(tmp_path: Path) -> None:
    values = [f"{value:.3f}" for value in R.integers(1_000, 9_999, N) / 1_000]
    dataset = read(tmp_path, {"a": values, "b": [f"{value:.2f}" for value in PARTS]})
    np.testing.assert_array_equal(dataset.X[:, 0], np.array(values, dtype=float))
    # Commas between the columns are those of who writes decimal points.
    dataset = read(tmp_path, {"a": values, "b": ["1"] * N}, sep=",")
    np.testing.assert_array_equal(dataset.X[:, 0], np.array(values, dtype=float))


def test_1_050_alone_is_refused_with_both_ways_out(tmp_path: Path) -> None:
    columns = {
        "a": [f"{value:.3f}" for value in R.integers(1_000, 9_999, N) / 1_000],
        "b": ["1"] * N,
    }
    with pytest.raises(
        DataError, match=r"--decimal ,\) for the first.*--decimal \.\) for the second"
    ):
        read(tmp_path, columns)
    assert read(tmp_path, columns, decimal=".").X[:, 0].max() < 10
    assert read(tmp_path, columns, without=["a"]).feature_names == ("b",)
    assert read(tmp_path, columns, decimal=",").X[:, 0].min() >= 1_000


def test_groups_with_a_sign_beside_other_decimals_are_refused(tmp_path: Path) -> None:
    # 998 \u20ac and 1.050 \u20ac say thousands, 0.25 says decimals.
    cells = [f"{cell} \u20ac" for cell in grouped(np.append(WHOLE, 1_050), ".")]
    with pytest.raises(DataError, match="nothing in the file says which"):
        read(tmp_path, {"a": cells, "b": ["0.25"] * len(cells)})
    assert read(tmp_path, {"a": cells, "b": ["0,25"] * len(cells)}).X[-1, 0] == 1_050


def test_whole_numbers_of_four_digits_say_that_nothing_is_grouped(tmp_path: Path) -> None:
    columns = {"a": ["1.268", "1268", "2.340", "17"] * 15, "b": ["1"] * N}
    assert read(tmp_path, columns).X[0, 0] == 1.268


def test_the_decimal_mark_is_that_of_the_whole_file(tmp_path: Path) -> None:
    cells = [str(row) if row < 2_500 else f"{row}".replace("5", ",5", 1) for row in range(2_000)]
    cells += ["3,25", "4,5"]
    dataset = read(tmp_path, {"a": cells, "b": ["1"] * len(cells)})
    assert dataset.X[-2:, 0].tolist() == [3.25, 4.5]


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["1\u00a0234,5", "12,25"], [1234.5, 12.25]),
        (["1\u202f234", "999"], [1234, 999]),
        (["1'234.50", "2.25"], [1234.5, 2.25]),
        (["\u22120.5", "0.25"], [-0.5, 0.25]),
        (["12 %", "7.5 %"], [12, 7.5]),
        (["\u20ac 1.234,50", "\u20ac 3,20"], [1234.5, 3.2]),
        (["3,20 EUR", "1.234,50 EUR"], [3.2, 1234.5]),
        (["$5", "$1,234.25"], [5, 1234.25]),
        (["(12.5)", "3.25"], [-12.5, 3.25]),
        (["12,34,567.5", "1,234.5"], [1234567.5, 1234.5]),
        (["5 kg", "7.25 kg"], [5, 7.25]),
        (["21\u00b0C", "-3\u00b0C"], [21, -3]),
        (["1.234.567", "12.000"], [1234567, 12000]),
        (["1,5", "?"], [1.5, np.nan]),
        (["+1,5", "2e-3"], [1.5, 0.002]),
        (["5-", "3.5"], [-5, 3.5]),
    ],
)
def test_ways_of_writing_numbers(tmp_path: Path, cells: list[str], numbers: list[float]) -> None:
    rows = [cells[row % 2] for row in range(N)]
    columns = {"a": rows, "b": ["1"] * N}
    if np.isnan(numbers).any():
        assert "a=missing" in read(tmp_path, columns).feature_names
        numbers, dataset = [1.5, 1.5], read(tmp_path, columns, missing="median")
    else:
        dataset = read(tmp_path, columns)
    np.testing.assert_allclose(dataset.X[:2, 0], numbers)


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (["5 kg", "500 g"], "several units, such as '5 kg' and '500 g'"),
        (["12 %", "0.25"], "several units"),
        (["1,5", "2.5"], "two decimal marks"),
    ],
)
def test_numbers_that_contradict_each_other_are_left_out_by_name(
    tmp_path: Path, cells: list[str], words: str
) -> None:
    # More different ones than categories have.
    rows = [
        cells[row % 2].replace("5", f"{row + 1}5", 1) if "5" in cells[row % 2] else f"{row} %"
        for row in range(N)
    ]
    dataset = read(tmp_path, {"a": rows, "b": [f"{value:.1f}" for value in PARTS]})
    assert dataset.feature_names == ("b",)
    assert said(dataset, words.split(",")[0])


@pytest.mark.parametrize(
    "cell", ["2024-01-15", "01.02.2024", "12:30", "A12", "1/2", "192.168.1.20", "1.2.3", "5-7"]
)
def test_what_is_no_number(cell: str) -> None:
    assert not is_written_number(cell)


def test_identifiers_that_are_mostly_digits_are_left_out(tmp_path: Path) -> None:
    cells = [f"PC {row}" if row % 5 == 0 else str(17_000 + 7 * row) for row in range(N)]
    dataset = read(tmp_path, {"a": cells, "b": comma(PARTS)})
    assert dataset.feature_names == ("b",)
    assert said(dataset, "identifiers, such as 'PC 0' beside '17007'")
    # A neighbor: numbers with one word among them are refused.
    cells[3] = cells[5] = "17"
    with pytest.raises(DataError, match=r"'oops' in row 7.*--without 'a'"):
        read(
            tmp_path,
            {"a": [*map(str, range(100, 107)), "oops", *map(str, range(52))], "b": comma(PARTS)},
        )


def test_marks_of_a_column() -> None:
    marks = marks_of(["7,39", "1.050", "12"])
    assert (list(marks.decimal), list(marks.either), marks.has_short) == ([","], ["."], True)
    assert plain_number("1.050", ",") == "1050"


def test_frames_and_parquet_are_read_alike(tmp_path: Path) -> None:
    import pandas as pd

    frame = pd.DataFrame({"a": grouped(WHOLE, "."), "b": comma(PARTS)})
    frame.to_parquet(tmp_path / "x.parquet")
    np.testing.assert_array_equal(load(tmp_path / "x.parquet").X, np.column_stack([WHOLE, PARTS]))
