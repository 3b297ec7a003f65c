"""Which line names the columns, and what stands above and below it; each rule with a neighbor."""

from pathlib import Path

import numpy as np
import pytest

from latens.data import Dataset, load
from latens.exceptions import DataError

R = np.random.default_rng(7).random((40, 3))
ROWS = "".join(f"{a:.3f},{b:.3f},{c:.3f}\n" for a, b, c in R)


def read(folder: Path, text: str, name: str = "x.csv", **options: object) -> Dataset:
    (folder / name).write_text(text, encoding="utf-8")
    return load(folder / name, **options)


def said(dataset: Dataset, words: str) -> bool:
    return any(words in note for note in dataset.notes)


def test_numbers_in_the_first_line_of_columns_of_numbers_are_data(tmp_path: Path) -> None:
    words = "".join(f"{a:.2f},{'rst'[row % 3]}\n" for row, a in enumerate(R[:, 0]))
    dataset = read(tmp_path, words)
    assert len(dataset) == 40
    assert dataset.X[0, 0] == round(R[0, 0], 2)
    assert said(dataset, "was taken for data")
    assert read(tmp_path, words, header=1).X.shape[0] == 39
    # A neighbor: names above the same columns.
    dataset = read(tmp_path, "a,kind\n" + words)
    assert dataset.feature_names[0] == "a"
    assert not dataset.notes[0].startswith("The first line")


def test_words_that_come_again_in_their_columns_are_data(tmp_path: Path) -> None:
    rows = "".join(f"{'pq'[row % 2]},{'uvw'[row % 3]}\n" for row in range(24))
    assert len(read(tmp_path, rows)) == 24
    assert read(tmp_path, "one,two\n" + rows).feature_names[0] == "one=p"


@pytest.mark.parametrize("names", ["700,710,730", "1000.5,999.5,998.5", "2021,2022,2023"])
def test_numbers_that_count_beside_none_like_them_are_names(tmp_path: Path, names: str) -> None:
    # Of three columns: evenly spaced or years; more columns need only rise.
    even = "700,710,720" if names.startswith("700") else names
    dataset = read(tmp_path, f"{even}\n{ROWS}")
    assert dataset.feature_names == tuple(even.split(","))
    assert len(dataset) == 40
    assert said(dataset, "--header 0")
    assert len(read(tmp_path, f"{even}\n{ROWS}", header=0)) == 41


def test_wavelengths_among_values_of_their_size_are_names(tmp_path: Path) -> None:
    values = np.random.default_rng(1).integers(300, 900, (30, 12))
    names = np.sort(np.random.default_rng(2).choice(np.arange(300, 900), 12, replace=False))
    text = "\n".join(",".join(map(str, row)) for row in [names, *values])
    assert len(read(tmp_path, text)) == 30


def test_rows_that_all_rise_have_no_header(tmp_path: Path) -> None:
    values = np.sort(np.random.default_rng(1).random((30, 12)), axis=1)
    text = "\n".join(",".join(f"{one:.4f}" for one in row) for row in values)
    dataset = read(tmp_path, text)
    assert len(dataset) == 30
    assert said(dataset, "no header")


def test_a_first_row_like_the_others_is_no_header(tmp_path: Path) -> None:
    dataset = read(tmp_path, ROWS)
    assert len(dataset) == 40


@pytest.mark.parametrize(
    "above",
    [
        "# a remark\n",
        "% a remark, with a comma\n% and another\n",
        "Report of 2024\n",
        "Report;;\n;;\n",
        "Station: A\nFrom: May\n\n",
    ],
)
def test_what_stands_above_the_names_is_left_out_and_said(tmp_path: Path, above: str) -> None:
    rows = ROWS if ";" not in above else ROWS.replace(",", ";")
    names = "a,b,c\n" if ";" not in above else "a;b;c\n"
    dataset = read(tmp_path, above + names + rows)
    assert dataset.feature_names == ("a", "b", "c")
    np.testing.assert_array_equal(dataset.X, R.round(3))
    assert said(dataset, "left out")


def test_a_line_that_names_the_separator(tmp_path: Path) -> None:
    dataset = read(tmp_path, "sep=|\na|b|c\n" + ROWS.replace(",", "|"))
    assert said(dataset, "names '|' as the separator")
    np.testing.assert_array_equal(dataset.X, R.round(3))


def test_names_in_a_remark_as_numpy_writes_them(tmp_path: Path) -> None:
    np.savetxt(tmp_path / "x.txt", R, header="one two three")
    dataset = load(tmp_path / "x.txt")
    assert dataset.feature_names == ("one", "two", "three")
    np.testing.assert_allclose(dataset.X, R)
    np.savetxt(tmp_path / "x.txt", R, header="made on Monday")
    # Three words that may be names are taken for names, and said.
    assert load(tmp_path / "x.txt").X.shape == (40, 3)


@pytest.mark.parametrize("units", ["s,m/s,bar", "[s],[m],", "float,float,float"])
def test_units_below_the_names_are_left_out_and_said(tmp_path: Path, units: str) -> None:
    dataset = read(tmp_path, f"a,b,c\n{units}\n{ROWS}")
    np.testing.assert_array_equal(dataset.X, R.round(3))
    assert said(dataset, "taken for units")


def test_one_word_among_numbers_is_a_blemish_and_no_unit(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"except in 1 row\(s\), first 'oops' in row 0"):
        read(tmp_path, "a,b,c\noops,1,2\n" + ROWS)


def test_the_line_of_the_names_can_be_given(tmp_path: Path) -> None:
    text = "made by me on a day\nx,y z,w\na,b,c\n" + ROWS
    assert read(tmp_path, text, header=3).feature_names == ("a", "b", "c")
    with pytest.raises(DataError, match="no line 99"):
        read(tmp_path, text, header=99)


def test_row_names_and_an_index_are_as_before(tmp_path: Path) -> None:
    rows = "".join(f"r{row},{line}\n" for row, line in enumerate(ROWS.splitlines()))
    assert read(tmp_path, "a,b,c\n" + rows).X.shape == (40, 3)
    rows = "".join(f"{row},{line}\n" for row, line in enumerate(ROWS.splitlines()))
    assert read(tmp_path, ",a,b,c\n" + rows).feature_names == ("a", "b", "c")
