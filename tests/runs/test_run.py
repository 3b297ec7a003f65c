import json

import numpy as np
import pytest

from latens.exceptions import DataError, RunError
from latens.runs import Finding, Mosaic, Run, Table, software


def test_json_and_arrays_come_back(tmp_path):
    run = Run.create(tmp_path / "a" / "run")
    run.write_info(status="running", study={"seed": np.int64(3)})
    run.write("results", {"score": np.float32(0.5), "bad": float("nan"), "path": tmp_path})
    run.write_array("codes", np.arange(6.0).reshape(3, 2))
    again = Run.open(run.path)
    assert again.info.study == {"seed": 3}
    assert again.read("results") == {"score": 0.5, "bad": None, "path": str(tmp_path)}
    np.testing.assert_array_equal(again.array("codes"), np.arange(6.0).reshape(3, 2))
    assert again.arrays() == ["codes"]


def test_a_run_is_never_overwritten_unasked(tmp_path):
    run = Run.create(tmp_path / "run")
    run.write_info(status="complete")
    with pytest.raises(RunError, match="exists already"):
        Run.create(run.path)
    Run.create(run.path, overwrite=True).write_info(status="running")
    assert Run.open(run.path).info.status == "running"


def test_a_folder_that_is_no_run_is_never_overwritten(tmp_path):
    (tmp_path / "letters.txt").write_text("precious")
    with pytest.raises(RunError, match="is not a run, so it is not overwritten"):
        Run.create(tmp_path, overwrite=True)
    assert (tmp_path / "letters.txt").read_text() == "precious"


def test_an_empty_folder_may_be_used(tmp_path):
    assert Run.create(tmp_path).path == tmp_path


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, r"has no run\.json"),
        ("not json", "cannot be read"),
        ("[]", "another format"),
        ('{"format": "latens run", "version": 99}', "format version 99"),
    ],
)
def test_what_is_no_run_is_refused_in_one_line(tmp_path, content, message):
    if content is not None:
        (tmp_path / "run.json").write_text(content)
    with pytest.raises(RunError, match=message) as caught:
        Run.open(tmp_path)
    assert "\n" not in str(caught.value)


def test_missing_parts_are_named(tmp_path):
    run = Run.create(tmp_path / "run")
    with pytest.raises(RunError, match=r"has no results\.json yet"):
        run.read("results")
    with pytest.raises(RunError, match="missing or damaged"):
        run.array("codes")
    with pytest.raises(RunError, match="does not exist"):
        Run.open(tmp_path / "nowhere")


def test_a_write_that_fails_leaves_the_old_file(tmp_path):
    run = Run.create(tmp_path / "run")
    run.write("results", {"a": 1})
    with pytest.raises(TypeError):
        run.write("results", {"a": object()})
    assert run.read("results") == {"a": 1}
    with pytest.raises(ValueError, match="Object arrays"):
        run.write_array("bad", np.array([object()]))
    assert run.arrays() == []


def test_provenance_names_versions_and_no_machine():
    text = json.dumps(software())
    assert "torch" in text
    import platform

    assert platform.node() not in text or not platform.node()


def a_use() -> Finding:
    return Finding(
        "Which samples are anomalous?",
        "Two are.",
        (
            Table(
                "The most anomalous",
                ("row", "score"),
                (("a.png", 1.5), ("b.png", None)),
                "worst first",
            ),
        ),
        (Mosaic("Side by side", np.arange(48, dtype=np.uint8).reshape(2, 3, 2, 4), ("in", "out")),),
    )


def test_what_a_use_found_comes_back(tmp_path):
    run = Run.create(tmp_path / "run")
    assert run.read_findings() == {}
    run.write_finding("anomalies", a_use())
    back = run.read_findings()["anomalies"]
    assert back.tables == a_use().tables
    assert (back.question, back.sentence) == ("Which samples are anomalous?", "Two are.")
    assert back.mosaics[0].row_names == ("in", "out")
    np.testing.assert_array_equal(back.mosaics[0].images, a_use().mosaics[0].images)


def test_a_damaged_use_says_how_to_make_it_anew(tmp_path):
    run = Run.create(tmp_path / "run")
    run.write("uses/search", {"question": "?", "sentence": "!", "tables": [{}], "mosaics": []})
    with pytest.raises(RunError, match="Make it anew with `latens search`"):
        run.read_findings()


@pytest.mark.parametrize(
    "make",
    [
        lambda: Table("t", ("a", "b"), (("one",),)),
        lambda: Mosaic("m", np.zeros((2, 3, 4), dtype=np.uint8), ("a", "b")),
        lambda: Mosaic("m", np.zeros((2, 3, 4, 4)), ("a", "b")),
        lambda: Mosaic("m", np.zeros((2, 3, 4, 4), dtype=np.uint8), ("a",)),
    ],
)
def test_parts_of_a_use_that_do_not_fit_are_refused(make):
    with pytest.raises(DataError):
        make()
