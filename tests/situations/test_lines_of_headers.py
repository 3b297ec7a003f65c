"""Where the names of the columns stand, and lines that are neither names nor rows."""

import io

import numpy as np
import pandas as pd
import pytest

from latens.exceptions import DataError

N = 40
R = np.random.default_rng(31).random((N, 4)).round(3)
ROWS = "".join(",".join(map(str, row)) + "\n" for row in R)


def test_two_lines_of_names_are_refused_and_one_can_be_chosen(read) -> None:
    text = "accel,accel,gyro,gyro\nax,ay,gx,gy\n" + ROWS
    with pytest.raises(DataError, match=r"same name: accel, gyro.*--header"):
        read(text)
    found = read(text, header=2)
    assert found.feature_names == ("ax", "ay", "gx", "gy")
    np.testing.assert_array_equal(found.X, R)


def test_a_pivot_of_pandas_with_three_lines_of_names_is_read_or_refused(read) -> None:
    columns = pd.MultiIndex.from_product([["mean", "std"], ["a", "b"]], names=["stat", "what"])
    text = pd.DataFrame(R, columns=columns, index=pd.RangeIndex(N, name="day")).to_csv()
    with pytest.raises(DataError, match="--header"):
        read(text)


def test_the_wide_tables_of_the_world_bank(read) -> None:
    rows = [
        f'"Land {row}","L{row:02d}",' + ",".join(f'"{value}"' for value in R[row]) + ","
        for row in range(N)
    ]
    above = '"Data Source","World Development Indicators",\n\n"Last Updated Date","2024-06-28",\n\n'
    names = '"Country Name","Country Code","1990","1991","1992","1993",\n'
    found = read("\ufeff" + above + names + "\n".join(rows) + "\n")
    assert found.feature_names == ("1990", "1991", "1992", "1993")
    np.testing.assert_array_equal(found.X, R)


def test_names_that_come_again_between_rows_are_left_out_and_said(read, said) -> None:
    lines = ROWS.splitlines(keepends=True)
    text = "a,b,c,d\n" + "".join(lines[:20]) + "a,b,c,d\n" + "".join(lines[20:])
    found = read(text)
    assert found.feature_names == ("a", "b", "c", "d")
    np.testing.assert_array_equal(found.X, R)
    assert said(found, "come again in 1 line(s), left out")


def test_a_first_row_that_comes_again_is_a_row(read, said) -> None:
    found = read("kind,a\nred,1\nblue,2\nred,1\n" + "blue,3\nred,2\n" * 10)
    assert len(found) == 23
    assert not said(found, "come again")


@pytest.mark.parametrize(
    "foot",
    ["(40 rows affected)\n", "\n(40 rows)\n", "Quelle: Statistisches Amt;2024\n", "Ende\n"],
)
def test_a_last_line_in_words_is_no_row(read, foot: str) -> None:
    with pytest.raises(DataError, match=r"in row 40 .*(--missing drop|drop the rows)"):
        read("a,b,c,d\n" + ROWS + foot)


def test_the_sum_below_the_regions_is_no_region(read, said) -> None:
    rows = "".join(f"Region {row},{a},{b}\n" for row, (a, b) in enumerate(R[:, :2]))
    found = read(f"region,a,b\n{rows}Total,{R[:, 0].sum():.3f},{R[:, 1].sum():.3f}\n")
    assert said(found, "Total", "41")


def test_the_dashes_of_sqlcmd_are_no_row(read) -> None:
    for dashes in ("---,-----,---,---", "--- ----- --- ---"):
        found = read(f"a,b,c,d\n{dashes}\n" + ROWS)
        np.testing.assert_array_equal(found.X, R)


def test_a_row_of_single_dashes_is_missing_everywhere(read) -> None:
    with pytest.raises(DataError, match=r"missing.* in row 0"):
        read("a,b,c,d\n-,-,-,-\n" + ROWS)


def test_the_frame_of_psql_is_no_row(read, said) -> None:
    rows = "".join(f" {a:5} | {b:5} | {c:5}\n" for a, b, c in R[:, :3])
    text = f"   a   |   b   |   c   \n-------+-------+-------\n{rows}"
    found = read(text, "x.txt")
    np.testing.assert_array_equal(found.X, R[:, :3])
    assert found.feature_names == ("a", "b", "c")
    assert said(found, "line of dashes")
    with pytest.raises(DataError, match=r"missing .*in row 40"):
        read(text + "(40 rows)\n\n", "x.txt")


def test_a_mark_and_a_line_of_the_separator_together(read) -> None:
    rows = ROWS.replace(",", ";").replace(".", ",")
    found = read("\ufeffsep=;\r\na;b;c;d\r\n" + rows.replace("\n", "\r\n"))
    assert found.feature_names == ("a", "b", "c", "d")
    np.testing.assert_array_equal(found.X, R)


def test_names_of_two_lines_in_quotes(read) -> None:
    found = read('"Temp\n(°C)","Hum\n(%)","p","q"\n' + ROWS)
    assert found.X.shape == (N, 4)
    assert found.feature_names[0].split() == ["Temp", "(°C)"]


def test_a_first_row_with_a_gap_is_a_row(read) -> None:
    found = read(",0.5,0.25,0.125\n" + ROWS, missing="drop")
    np.testing.assert_array_equal(found.X, R)
    assert found.rows.tolist() == list(range(1, N + 1))


def test_a_logger_that_starts_again_in_the_middle(read) -> None:
    lines = ROWS.splitlines(keepends=True)
    text = "a,b,c,d\n" + "".join(lines[:20]) + "# restarted 12:30\n" + "".join(lines[20:])
    with pytest.raises(DataError, match=r"'# restarted 12:30' in row 20 .*drop the rows"):
        read(text)


def test_names_behind_a_hash_as_genomes_have_them(read) -> None:
    rows = "".join(f"chr{row % 2 + 1}\t{a}\t{b}\n" for row, (a, b) in enumerate(R[:, :2]))
    found = read(f"##format=1\n#chrom\tdepth\tquality\n{rows}", "x.tsv")
    assert found.feature_names == ("chrom=chr1", "chrom=chr2", "depth", "quality")
    np.testing.assert_array_equal(found.X[:, 2:], R[:, :2])


def test_a_table_of_r_with_quoted_row_names(read) -> None:
    buffer = io.StringIO()
    buffer.write('"Sepal.Length" "Species"\n')
    for row, value in enumerate(R[:, 0]):
        buffer.write(f'"{row + 1}" {value} "{["setosa", "virginica"][row % 2]}"\n')
    found = read(buffer.getvalue(), "iris.txt")
    assert found.feature_names[0] == "Sepal.Length"
    np.testing.assert_array_equal(found.X[:, 0], R[:, 0])
    assert any("'Species'" in note and "--label-column" in note for note in found.notes)


def test_one_name_for_two_columns_is_refused(read) -> None:
    with pytest.raises(DataError, match=r"same name: Value\. Rename them.*--header"):
        read("Value,Value,c,d\n" + ROWS)


def test_metadata_of_as_many_cells_as_the_table_has(read) -> None:
    rows = "".join(f"{a},{b}\n" for a, b in R[:, :2])
    text = "Station,Berlin\nLat,52.5\n\ntemp,wind\n" + rows
    with pytest.raises(DataError, match=r"except in 2 row.*'Lat' in row 0"):
        read(text)
    found = read(text, header=4)
    assert found.feature_names == ("temp", "wind")
    np.testing.assert_array_equal(found.X, R[:, :2])
