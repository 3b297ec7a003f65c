"""How a table is read, from the flags to what is said and kept."""

import json

import numpy as np
import pandas as pd
import pytest

N = 60


@pytest.fixture
def shop(tmp_path):
    rng = np.random.default_rng(0)
    amounts = [f"{one:,.2f}".translate(str.maketrans(",.", ".,")) for one in rng.random(N) * 4_000]
    shares = [f"{one:.1f} %".replace(".", ",") for one in rng.random(N) * 10]
    shares[30] = ""
    towns = ["Ulm", "Bonn", "NA"] * (N // 3)
    rows = [";".join(row) for row in zip(amounts, shares, towns, strict=True)]
    text = "no;amount;share;town;churned\n" + "".join(
        f"{number:04d};{row};{number % 2}\n" for number, row in enumerate(rows)
    )
    (tmp_path / "shop.csv").write_text(text, encoding="utf-8")
    return "shop.csv"


def test_data_info_says_how_each_column_was_understood(latens_cli, shop):
    code, _, err = latens_cli("data", "info", shop, "--missing", "refuse")
    assert code == 1
    assert "--missing median" in err
    understood = dict(json.loads(latens_cli("data", "info", shop, "--json")[1])["understood"])
    assert understood["share"].endswith("with gaps")
    code, out, err = latens_cli("data", "info", shop, "--missing", "drop", "--id-column", "no")
    assert code == 0
    assert "semicolons between columns, decimal commas, names in line 1, 59 rows" in out
    for words in ("between thousands", "3 categories", "names of the rows, as asked"):
        assert words in out
    assert "--label-column 'churned'" in err
    arguments = ("data", "info", shop, "--missing", "median", "--json")
    understood = dict(json.loads(latens_cli(*arguments)[1])["understood"])
    assert list(understood) == ["no", "amount", "share", "town", "churned"]


def test_a_run_says_and_keeps_how_its_table_was_read(latens_cli, shop, tmp_path):
    flags = (
        "--missing",
        "median",
        "--id-column",
        "no",
        "--label-column",
        "churned",
        "--without",
        "town",
    )
    code, _, err = latens_cli("run", shop, "--epochs", 1, "--out", "run", *flags)
    assert code == 0, err
    assert "read as: text in UTF-8 with semicolons between columns" in err
    content = json.loads((tmp_path / "run" / "run.json").read_text())
    assert content["study"]["data"]["without"] == ["town"]
    assert ["town", "left out, as asked"] in content["data"]["understood"]
    assert latens_cli("embed", "run", "--out", "codes.csv")[0] == 0
    codes = pd.read_csv(tmp_path / "codes.csv", dtype=str)
    assert codes["id"].tolist() == [f"{number:04d}" for number in range(N)]
    code, out, _ = latens_cli("search", "run", "0007", "--top", 2)
    assert code == 0
    assert "0007" in out


def test_what_is_said_of_a_table_is_refused_of_images(latens_cli):
    code, _, err = latens_cli("data", "info", "digits", "--without", "a")
    assert code == 2
    assert "'without' parameter of load is for tables" in err
