"""`latens impute` as a user meets it: a table in, a table out, and bad input."""

import json
from functools import partial

import numpy as np
import pandas as pd
import pytest


@pytest.fixture
def call(latens_cli):
    """Run `latens impute`."""
    return partial(latens_cli, "impute")


@pytest.fixture
def table(tmp_path):
    """A table of text with gaps, and its path."""
    rng = np.random.default_rng(0)
    age = rng.integers(18, 80, 120)
    frame = pd.DataFrame(
        {
            "customer": [f"c{number:04d}" for number in range(120)],
            "age": pd.array(age, dtype="Int64"),
            "size": np.where(age > 60, "large", np.where(age > 35, "medium", "small")),
            "spent": (age * 1.5 + rng.normal(size=120)).round(2),
        }
    )
    gaps = rng.random(frame.shape) < 0.15
    gaps[:, 0] = False
    frame = frame.mask(gaps)
    frame.to_csv(tmp_path / "customers.csv", index=False)
    return frame, "customers.csv"


def test_gaps_are_filled_and_nothing_else_is_changed(call, table, tmp_path):
    frame, source = table
    code, out, err = call(source, "--out", "filled.csv", "--epochs", 3, "--json", "--save", "model")
    assert code == 0, err
    facts = json.loads(out)
    assert facts["out"] == ["filled.csv"]
    assert facts["filled"] == {
        name: int(frame[name].isna().sum()) for name in ("age", "size", "spent")
    }
    assert len(facts["compared"]) == 5
    assert facts["best"] in {one["way"] for one in facts["compared"]}
    before = pd.read_csv(tmp_path / source, dtype=str)
    after = pd.read_csv(tmp_path / "filled.csv", dtype=str)
    assert not after.isna().any().any()
    pd.testing.assert_frame_equal(after.mask(before.isna()), before)
    assert after["age"].str.fullmatch(r"\d+").all()
    assert call(source, "--out", "filled.csv")[0] == 1  # never replaced unasked

    code, out, err = call("model", source, "--out", "drawn.csv", "--draws", 2)
    assert code == 0, err
    assert out.endswith("drawn-1.csv\ndrawn-2.csv\n")
    draws = [pd.read_csv(tmp_path / f"drawn-{number}.csv") for number in (1, 2)]
    assert not draws[0].equals(draws[1])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--column", "age"], "NAME=KIND"),
        (["--column", "age=colour"], "NAME=KIND"),
        (["--column", "agee=number"], "agee"),
        (["--out", "filled.xls"], "must end in"),
        (["customers.csv"], "DATA is for a run"),
    ],
)
def test_what_cannot_be_meant_is_refused(call, table, arguments, words):
    code, _, err = call(table[1], *arguments)
    assert code == 2
    assert words in " ".join(err.split())


def test_what_is_no_table_is_refused(call, tmp_path):
    (tmp_path / "picture.png").write_bytes(b"no table")
    for source in ("picture.png", "nothing.csv"):
        code, _, err = call(source)
        assert code == 1
        assert source in err
