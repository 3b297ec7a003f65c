"""Cells that spreadsheets read as words."""

import io

import numpy as np
import pandas
import pytest

from latens._csv_writing import plain_cell, safe_cell, write_csv

FORMULAS = (
    "=1+1",
    "+SUM(A1)",
    "-cmd|' /C calc'!A0",
    "@A1",
    "\t=1",
    "\r=1",
    "\uff1d1",
    "-",
    "+",
    "-inf",
)


@pytest.mark.parametrize("words", FORMULAS)
def test_what_would_be_computed_gets_an_apostrophe(words):
    assert safe_cell(words) == f"'{words}"


@pytest.mark.parametrize("value", ["-1.5", "+2e-3", "-.5", "a=b", "", "'tis", -1.5, 3, None, True])
def test_numbers_and_plain_words_stay(value):
    assert safe_cell(value) is value


@pytest.mark.parametrize("words", [*FORMULAS, "'=1", "''=1", "'tis", "'-1.5", "-1.5", "", "'"])
def test_the_way_back_gives_what_there_was(words):
    assert plain_cell(safe_cell(words)) == words


def test_a_table_is_safe_in_its_cells_and_headings():
    frame = pandas.DataFrame({"=x": ["=1", None, "b"], "n": [-1.5, 2.0, np.nan]})
    frame["kind"] = pandas.Categorical(["@a", "@a", "c"])
    buffer = io.StringIO()
    write_csv(frame, buffer)
    assert buffer.getvalue().split() == ["'=x,n,kind", "'=1,-1.5,'@a", ",2.0,'@a", "b,,c"]


def test_two_columns_may_have_one_name(tmp_path):
    write_csv(pandas.DataFrame([["=a", "b"]], columns=["x", "x"]), tmp_path / "x.csv")
    assert (tmp_path / "x.csv").read_text() == "x,x\n'=a,b\n"
