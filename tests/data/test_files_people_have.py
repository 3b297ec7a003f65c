"""Files that are tables without being called .csv, and text in encodings that people have."""

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as arrow
import pyarrow.parquet
import pytest

from latens.data import load
from latens.exceptions import DataError

N = 40
R = np.random.default_rng(9)
X = R.random((N, 3)).round(3)
TEXT = "a,b,c\n" + "".join(",".join(map(str, row)) + "\n" for row in X)


def said(dataset, words: str) -> bool:
    return any(words in note for note in dataset.notes)


@pytest.mark.parametrize("name", ["x.txt", "x.tab", "x.dat", "x.data", "x.TXT"])
@pytest.mark.parametrize("mark", [",", ";", "\t", " ", "   "])
def test_text_under_other_names(tmp_path: Path, name: str, mark: str) -> None:
    (tmp_path / name).write_text(TEXT.replace(",", mark))
    np.testing.assert_array_equal(load(tmp_path / name).X, X)


@pytest.mark.parametrize("name", ["x.csv.gz", "x.tsv.gz", "x.txt.gz"])
def test_packed_text(tmp_path: Path, name: str) -> None:
    text = TEXT.replace(",", "\t") if ".tsv" in name else TEXT
    (tmp_path / name).write_bytes(gzip.compress(text.encode()))
    dataset = load(tmp_path / name)
    np.testing.assert_array_equal(dataset.X, X)
    assert dataset.name == "x"
    (tmp_path / name).write_bytes(gzip.compress(text.encode())[:-20])
    with pytest.raises(DataError, match="damaged or cut short"):
        load(tmp_path / name)


def test_blanks_with_decimal_commas_and_words(tmp_path: Path) -> None:
    rows = "".join(
        f"  {'uv'[row % 2]}  {a:.2f}   {b:.3f}\n".replace(".", ",")
        for row, (a, b, _) in enumerate(X)
    )
    (tmp_path / "x.txt").write_text("kind value other\n" + rows)
    dataset = load(tmp_path / "x.txt")
    assert dataset.feature_names == ("kind=u", "kind=v", "value", "other")
    np.testing.assert_array_equal(dataset.X[:, 3], X[:, 1])


def test_blanks_within_cells_separate_nothing(tmp_path: Path) -> None:
    rows = "".join(
        f"2024-01-{row % 28 + 1:02d} 12:00,new york {row % 2},{a}\n"
        for row, (a, _, _) in enumerate(X)
    )
    (tmp_path / "x.txt").write_text("date time,big city,value\n" + rows)
    assert load(tmp_path / "x.txt").feature_names[-1] == "value"


@pytest.mark.parametrize(
    ("n_quotes", "name"), [(1, "x.tsv"), (2, "x.tsv"), (2, "x.txt"), (3, "x.csv")]
)
def test_quotes_that_are_not_closed_are_letters(tmp_path: Path, n_quotes: int, name: str) -> None:
    mark = "," if name.endswith("csv") else "\t"
    rows = [f"{row}{mark}title {row}{mark}{1900 + row}" for row in range(N)]
    for row in (7, 19, 30)[:n_quotes]:
        rows[row] = f'{row}{mark}"Title {row}{mark}{1900 + row}'
    (tmp_path / name).write_text(f"n{mark}title{mark}year\n" + "\n".join(rows))
    dataset = load(tmp_path / name, keep=["n"])
    np.testing.assert_array_equal(dataset.X, np.column_stack([np.arange(N), 1900 + np.arange(N)]))
    assert said(dataset, "Quotes were read as letters")


def test_quotes_that_hold_lines_or_separators_together_are_quotes(tmp_path: Path) -> None:
    rows = "".join(
        f'{row},"two, or\nthree ""words"" {row}",{a}\n' for row, (a, _, _) in enumerate(X)
    )
    (tmp_path / "x.csv").write_text("n,text,value\n" + rows)
    dataset = load(tmp_path / "x.csv", keep=["n"])
    np.testing.assert_array_equal(dataset.X[:, 1], X[:, 0])
    assert not said(dataset, "Quotes")


def test_quotes_far_behind_the_beginning(tmp_path: Path) -> None:
    rows = [f"{row}\tplain title number {row}\t{row % 90}" for row in range(50_000)]
    rows[45_000], rows[45_010] = '45000\t"Open\t7', '45010\t"Again\t8'
    (tmp_path / "x.tsv").write_text("n\ttitle\tvalue\n" + "\n".join(rows) + "\n")
    dataset = load(tmp_path / "x.tsv", keep=["n"])
    assert len(dataset) == 50_000
    assert dataset.X[45_001].tolist() == [45_001, 45_001 % 90]


def test_backslashes_before_quotes(tmp_path: Path) -> None:
    rows = "".join(f'"say \\"no, {row}\\" now",{a}\n' for row, (a, _, _) in enumerate(X))
    (tmp_path / "x.csv").write_text("text,value\n" + rows)
    dataset = load(tmp_path / "x.csv")
    np.testing.assert_array_equal(dataset.X[:, 0], X[:, 0])
    assert said(dataset, "backslash")
    # A neighbor: a folder of Windows at the end of a cell.
    rows = "".join(f'"C:\\data\\",{a}\n' for a, _, _ in X)
    (tmp_path / "x.csv").write_text("path,value\n" + rows)
    assert load(tmp_path / "x.csv").feature_names == ("path=C:\\data\\", "value")


@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        ("gb18030", "城市,价格,面积"),
        ("cp932", "都市,価格,めんせき"),
        ("euc_jp", "あか,みどり,あおい"),
        ("big5", "城市,價格,面積,溫度"),
        ("utf-32", "größe,höhe"),
        ("utf-16", "größe,höhe"),
        ("cp1252", "Größe,Höhe,Süßstoff"),
    ],
)
def test_encodings_that_leave_no_doubt(tmp_path: Path, encoding: str, names: str) -> None:
    width = len(names.split(","))
    rows = "".join(",".join(f"{one:.3f}" for one in R.random(width)) + "\n" for _ in range(N))
    (tmp_path / "x.csv").write_bytes((names + "\n" + rows).encode(encoding))
    assert load(tmp_path / "x.csv").feature_names == tuple(names.split(","))


@pytest.mark.parametrize(
    ("encoding", "names"),
    [("cp1251", "город,цена"), ("cp1253", "πόλη,τιμή"), ("euc_kr", "도시,가격")],
)
def test_a_garbled_name_is_never_guessed(tmp_path: Path, encoding: str, names: str) -> None:
    (tmp_path / "x.csv").write_bytes((names + "\n1,2\n3,4\n5,7\n").encode(encoding))
    with pytest.raises(DataError, match=r"neither UTF-8 nor Windows-1252.*--encoding"):
        load(tmp_path / "x.csv")
    assert load(tmp_path / "x.csv", encoding=encoding).feature_names == tuple(names.split(","))


def test_a_folder_of_parquet_is_one_table(tmp_path: Path) -> None:
    for year in (2020, 2021):
        part = tmp_path / "t" / f"year={year}"
        part.mkdir(parents=True)
        pd.DataFrame({"a": X[:, 0] + year, "k": ["u", "v"] * (N // 2)}).to_parquet(
            part / "p.parquet"
        )
    (tmp_path / "t" / "_SUCCESS").write_text("")
    dataset = load(tmp_path / "t")
    assert dataset.feature_names == ("a", "k=u", "k=v", "year")
    assert dataset.X[[0, -1], 3].tolist() == [2020, 2021]
    assert said(dataset, "2 Parquet files")
    pd.DataFrame({"other": [1.0]}).to_parquet(tmp_path / "t" / "year=2021" / "q.parquet")
    with pytest.raises(DataError, match="different columns: 'a', 'k', 'other'"):
        load(tmp_path / "t")


@pytest.mark.parametrize("kind", [arrow.list_(arrow.float32()), arrow.list_(arrow.float64(), 3)])
def test_lists_of_one_length_are_columns(tmp_path: Path, kind: arrow.DataType) -> None:
    table = arrow.table({"z": X[:, 0], "emb": arrow.array(X.tolist(), kind)})
    arrow.parquet.write_table(table, tmp_path / "x.parquet", row_group_size=7)
    dataset = load(tmp_path / "x.parquet")
    assert dataset.feature_names == ("z", "emb[0]", "emb[1]", "emb[2]")
    np.testing.assert_allclose(dataset.X[:, 1:], X, rtol=1e-6)
    assert load(tmp_path / "x.parquet", without=["emb"]).feature_names == ("z",)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([[1.0, 2.0], [3.0]] * 20, "different lengths"),
        ([{"bytes": b"x", "path": "x.png"}] * N, "holds images in bytes"),
    ],
)
def test_other_nested_columns_are_left_out_by_name(tmp_path: Path, rows: list, words: str) -> None:
    arrow.parquet.write_table(arrow.table({"z": X[:, 0], "n": rows}), tmp_path / "x.parquet")
    dataset = load(tmp_path / "x.parquet")
    assert dataset.feature_names == ("z",)
    assert said(dataset, words)


@pytest.mark.parametrize("name", ["x.orc", "x.jsonl", "x.dta", "x.pkl"])
def test_other_tables_are_refused_by_their_kind_with_the_way_out(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"PK\3\4")
    with pytest.raises(DataError, match=r"by its name.*pandas\.read_"):
        load(tmp_path / name)


@pytest.mark.parametrize("word", ["None", "NA", "null"])
def test_words_that_also_mean_nothing_are_names_among_words(tmp_path: Path, word: str) -> None:
    rows = "".join(f"{a},{[word, 'dent', ''][row % 2]}\n" for row, (a, _, _) in enumerate(X))
    (tmp_path / "x.csv").write_text("a,label\n" + rows)
    dataset = load(tmp_path / "x.csv")
    assert set(dataset.names) == {word, "dent"}
    assert said(dataset, f"'{word}'")
    # Among numbers it is a gap, and so is an empty cell among words.
    (tmp_path / "x.csv").write_text(
        "a,b\n" + "".join(f"{a},{b if b > 0.2 else word}\n" for a, b, _ in X)
    )
    assert "b=missing" in load(tmp_path / "x.csv").feature_names
    (tmp_path / "x.csv").write_text(
        "a,k\n" + "".join(f"{a},{['u', 'v', ''][row % 3]}\n" for row, (a, _, _) in enumerate(X))
    )
    assert "k=missing" in load(tmp_path / "x.csv").feature_names


def test_names_are_those_without_blanks_around_them(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(
        "a , b,Label \n" + "".join(f"{a},{b},{row % 2}\n" for row, (a, b, _) in enumerate(X))
    )
    dataset = load(tmp_path / "x.csv")
    assert dataset.feature_names == ("a", "b")
    assert dataset.names == ("0", "1")
