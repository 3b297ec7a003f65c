"""Events in files, in the layouts that people download."""

import os
from pathlib import Path

import numpy as np
import pytest

from latens.data.event_files import load_interactions
from latens.data.interactions import EventColumns
from latens.exceptions import DataError


def same(found):
    assert found.users.tolist() == ["1", "2"]
    assert found.items.tolist() == ["10", "20"]
    assert found.liked.toarray().tolist() == [[1, 0], [1, 1]]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("e.csv", "user,item,rating\n1,10,5\n2,10,4\n2,20,5\n"),
        ("e.tsv", "user_id\titem_id\trating\n1\t10\t5\n2\t10\t4\n2\t20\t5\n"),
        ("plain.csv", "1,10,5,99\n2,10,4,99\n2,20,5,99\n"),
        ("e.inter", "user_id:token\titem_id:token\trating:float\n1\t10\t5\n2\t10\t4\n2\t20\t5\n"),
        ("u.data", "1\t10\t5\t99\n2\t10\t4\t99\n2\t20\t5\t99\n"),
        ("ratings.dat", "1::10::5::99\n2::10::4::99\n2::20::5::99\n"),
        ("ratings.csv", "userId,movieId,rating,timestamp\n1,10,5.0,9\n2,10,4.0,9\n2,20,5.0,9\n"),
    ],
)
def test_one_set_of_events_in_many_files(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    same(load_interactions(tmp_path / name))
    if name not in ("e.csv", "e.tsv", "plain.csv"):
        same(load_interactions(tmp_path))


def test_parquet(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    import pandas as pd

    frame = pd.DataFrame({"user": [1, 2, 2], "item": ["10", "10", "20"], "rating": [5, 4, 5]})
    frame.to_parquet(tmp_path / "e.parquet")
    same(load_interactions(tmp_path / "e.parquet"))


@pytest.mark.parametrize(
    ("events", "items", "text"),
    [
        ("u.data", "u.item", "10|Été (1990)|x\n20|B\n"),
        ("ratings.dat", "movies.dat", "10::Été (1990)::Drama\n20::B::Comedy\n"),
    ],
)
def test_names_beside_the_events_are_found(tmp_path, events, items, text):
    mark = "\t" if events == "u.data" else "::"
    rows = [("1", "10", "5", "9"), ("2", "10", "5", "9"), ("2", "20", "5", "9")]
    (tmp_path / events).write_text("\n".join(mark.join(row) for row in rows) + "\n")
    (tmp_path / items).write_bytes(text.encode("latin-1"))
    assert load_interactions(tmp_path).names.tolist() == ["Été (1990)", "B"]


def test_names_in_a_table_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_text("user,item\n1,10\n1,20\n")
    (tmp_path / "names.csv").write_text("item,kind,title\n10,x,Tea\n30,x,Milk\n")
    found = load_interactions(tmp_path / "e.csv", item_names=tmp_path / "names.csv")
    assert found.names.tolist() == ["Tea", "20"]
    assert "1 of 2 items have no name and keep their id." in found.notes


def test_names_survive_a_missing_id_and_blanks(tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_text("user,item\n1,10\n1,20\n")
    (tmp_path / "names.csv").write_text("item,title\n10,Tea\n,Nothing\n20,Milk\n")
    found = load_interactions(tmp_path / "e.csv", item_names=tmp_path / "names.csv")
    assert found.names.tolist() == ["Tea", "Milk"]


def test_a_table_called_ratings_csv_is_read_by_its_header(tmp_path: Path) -> None:
    text = "rating;item;when;user\n5;10;9;1\n4;10;9;2\n5;20;9;2\n"
    (tmp_path / "ratings.csv").write_text(text)
    same(load_interactions(tmp_path / "ratings.csv"))
    same(load_interactions(tmp_path))
    (tmp_path / "ratings.csv").write_text(text.replace("user", "who"))
    same(load_interactions(tmp_path, columns=EventColumns(user="who")))


def test_missing_files_are_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="does not exist"):
        load_interactions(tmp_path / "no.csv")
    with pytest.raises(DataError, match="is no folder of events"):
        load_interactions(tmp_path)
    (tmp_path / "one.csv").write_text("1\n2\n")
    with pytest.raises(DataError, match="no column whose name says that it holds users"):
        load_interactions(tmp_path / "one.csv")
    (tmp_path / "e.csv").write_text("user,item\n1,2\n")
    with pytest.raises(DataError, match="no column 'nobody'"):
        load_interactions(tmp_path / "e.csv", columns=EventColumns(user="nobody"))


def test_movielens_100k_has_the_figures_of_its_authors() -> None:
    roots = os.environ.get("LATENS_DATA", "").split(os.pathsep)
    folder = next((Path(root) / "movielens-100k" for root in roots if root), Path("none"))
    if not folder.is_dir():
        pytest.skip("movielens-100k is not in LATENS_DATA")
    found = load_interactions(folder)
    assert found.liked.nnz == 55_375  # of 100,000 ratings, 34,174 fours and 21,201 fives
    assert len(found.users) == 943
    assert "Toy Story (1995)" in found.names


def test_a_rating_beyond_what_floats_reach_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(f"user,item,rating\n1,2,{'9' * 400}\n1,3,4\n")
    with pytest.raises(DataError, match="has no number in column 'rating'") as caught:
        load_interactions(path)
    assert len(str(caught.value)) < 500


def test_one_very_long_id_does_not_make_all_as_long(tmp_path: Path) -> None:
    # As an array of text 100,000 ids would take 40 GB.
    path = tmp_path / "x.csv"
    path.write_text(
        "user,item\n" + "u" * 100_000 + ",1\n" + "".join(f"{i},1\n" for i in range(10_000))
    )
    with pytest.raises(DataError, match=r"The ids of .* in column 'user' would"):
        load_interactions(path)


def test_lines_of_movielens_that_lack_fields_are_named(tmp_path: Path) -> None:
    for name, line in (("u.data", "1\t2\t3\t4"), ("ratings.dat", "1::2::3::4")):
        (tmp_path / name).write_text(f"{line}\n{line}\n1\n")
        with pytest.raises(DataError, match=r"fewer than three fields in line 3"):
            load_interactions(tmp_path / name)


def test_ids_of_files_are_text(tmp_path):
    rows = "".join(
        f"{user:03d},{item}\n" for user in range(4) for item in ("7", "007", "nan", "NA")
    )
    (tmp_path / "e.csv").write_text("user_id,item_id\n" + rows)
    found = load_interactions(tmp_path / "e.csv")
    assert found.users.tolist() == ["000", "001", "002", "003"]
    assert sorted(found.items.tolist()) == ["007", "7", "NA", "nan"]
    # A neighbor: an empty cell is missing.
    (tmp_path / "e.csv").write_text("user_id,item_id\n1,\n" + rows)
    with pytest.raises(DataError, match="no value in column 'item_id' in 1 row"):
        load_interactions(tmp_path / "e.csv")


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("uirt", (0, 1, 2)),
        ("tuir", (1, 2, 3)),
        ("nuit", (1, 2, None)),
        ("urit", (0, 2, 1)),
        ("dui", (1, 2, None)),
    ],
)
def test_columns_of_a_file_without_a_header_are_told_by_what_is_in_them(tmp_path, order, expected):
    rng = np.random.default_rng(0)
    n = 200
    cells = {
        "u": [f"u{one}" for one in rng.integers(0, 30, n)],
        "i": [str(one) for one in rng.integers(100, 160, n)],
        "r": [str(one) for one in rng.integers(1, 6, n)],
        "t": [str(one) for one in 1_600_000_000 + rng.integers(0, 10**7, n)],
        "n": [str(one) for one in range(n)],
        "d": ["2024-01-01"] * n,
    }
    (tmp_path / "e.csv").write_text(
        "\n".join(",".join(row) for row in zip(*(cells[one] for one in order), strict=True))
    )
    found = load_interactions(tmp_path / "e.csv")
    user, item, rating = expected
    words = f"Users are in column 'column {user}', items in 'column {item}'"
    words += "" if rating is None else f", ratings in 'column {rating}'"
    assert any(note.startswith(words) for note in found.notes)
