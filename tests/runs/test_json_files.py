"""JSON that somebody else wrote into a run folder."""

import json
import os

import pytest

from latens.exceptions import RunError
from latens.runs.info import RunInfo
from latens.runs.json_files import read_json
from latens.runs.records import checked


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"[" * 100_000, "cannot be read"),
        (b"[" * 60 + b"]" * 60, "nested more than 50 deep"),
        (b'{"a":' * 60 + b"1" + b"}" * 60, "nested more than 50 deep"),
        (b"9" * 5_000, "digits"),
        (b"-" + b"9" * 19, "digits"),
        (b'"\xff\xfe"', "cannot be read"),
        (b'{"a": 1', "cannot be read"),
        (b"", "cannot be read"),
    ],
)
def test_what_cannot_be_read_ends_in_one_line(tmp_path, content, words):
    path = tmp_path / "results.json"
    path.write_bytes(content)
    with pytest.raises(RunError, match=words) as caught:
        read_json(path)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500


def test_a_file_of_gigabytes_is_not_read(tmp_path):
    path = tmp_path / "histories.json"
    path.touch()
    os.truncate(path, 10 * 2**30)
    with pytest.raises(RunError, match=r"has 10\.0 GiB"):
        read_json(path)


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "run.json")
    with pytest.raises(RunError, match="it is no file"):
        read_json(tmp_path / "run.json")


def test_numbers_are_finite_and_names_of_files_that_are_no_text_stay(tmp_path):
    path = tmp_path / "x.json"
    path.write_text('[NaN, Infinity, -1e999, 1.5, 3, "\\ud800", {"\\udc80": "\\ud83c\\udf88"}]')
    assert read_json(path) == [None, None, None, 1.5, 3, "\ud800", {"\udc80": "🎈"}]


def test_what_is_shown_of_names_that_are_no_text_can_be_written():
    content = checked(RunInfo, {"format": "it", "version": 1, "error": "a \ud800"}, "it")
    assert content.error == "a ?"


@pytest.mark.parametrize("text", ["1", '"word"', "null", "true", "[]", "{}"])
def test_a_bare_value_is_read(tmp_path, text):
    (tmp_path / "x.json").write_text(text)
    assert read_json(tmp_path / "x.json") == json.loads(text)
