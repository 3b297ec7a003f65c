"""The files of a run with values of every wrong type."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from latens.exceptions import LatensError, RunError
from latens.runs import Run, RunInfo

SAVED = Path(__file__).parent.parent / "fixtures" / "v0_1" / "runs"


@pytest.fixture
def run(tmp_path):
    shutil.copytree(SAVED / "images", tmp_path / "run")
    return Run.open(tmp_path / "run")


def everything(run: Run, name: str = "run") -> None:
    """Read what depends on a file."""
    if name == "run":
        _ = run.info
        run.trained_model()
    else:
        _ = getattr(run, name)


@pytest.mark.parametrize("missing", ["data", "status", "seconds", "software", "command", "started"])
def test_what_run_json_lacks_has_a_default(run, missing):
    content = run.read("run")
    del content[missing]
    run.write("run", content)
    default = RunInfo.model_fields[missing].default
    assert getattr(Run.open(run.path).info, missing) == default
    everything(run)


def places(data, here=()):
    """The way to every value."""
    inner = data.items() if isinstance(data, dict) else enumerate(data[:1])
    for key, value in inner:
        yield (*here, key)
        if isinstance(value, dict | list):
            yield from places(value, (*here, key))


@pytest.mark.parametrize("name", ["run", "results", "histories", "items"])
def test_a_value_of_any_type_anywhere_is_read_or_named_in_one_line(run, name):
    if not run.has(name):
        run.write(name, {"columns": {"file": ["a", 1, None]}})
    path = run.path / f"{name}.json"
    whole = path.read_text()
    refused = []
    for place in places(json.loads(whole)):
        for value in (None, "x" * 20_000, 2**59, -1.5, [], {"a": {}}):
            content = json.loads(whole)
            inner = content
            for key in place[:-1]:
                inner = inner[key]
            inner[place[-1]] = value
            path.write_text(json.dumps(content))
            try:
                everything(Run.open(run.path), name)
            except LatensError as error:
                refused.append(str(error))
    assert len(refused) > 10
    assert not [line for line in refused if "\n" in line or len(line) > 1_000]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"data": {"n_train": "many"}}, r"data\.n_train': .*not 'many'"),
        ({"data": {"sample_shape": [2**40, 2]}}, r"data\.sample_shape\.0"),
        ({"data": {"sample_shape": [1] * 9}}, r"data\.sample_shape"),
        ({"study": {"models": [{"name": "a"}, "x"]}}, r"study\.models\.1"),
        ({"study": []}, "study"),
        ({"seconds": "\x1b[31m\u202e"}, r"seconds': .*not '"),
    ],
)
def test_the_first_wrong_value_is_named(run, change, words):
    run.write("run", run.read("run") | change)
    with pytest.raises(RunError, match=words) as caught:
        _ = run.info
    assert not any(one in str(caught.value) for one in "\n\x1b\u202e")


def test_numbers_that_become_sizes_have_bounds(run):
    results = run.read("results")
    for key, value in (("k", 2**40), ("ks", list(range(5_000))), ("silhouettes", ["a"])):
        run.write("results", results | {"clusters": results["clusters"] | {key: value}})
        with pytest.raises(RunError, match=rf"clusters\.{key}"):
            _ = run.results


def test_a_use_with_a_strange_name_or_content_is_left_out_or_named(run):
    use = {"question": "?", "sentence": "!", "tables": [], "mosaics": []}
    run.write("uses/a\nb", use)
    assert run.read_findings() == {}
    table = {"title": "t", "columns": ["a"], "rows": [[1, 2]], "note": ""}
    for change in (
        {"tables": 7},
        {"tables": [table]},
        {"mosaics": [{"title": "m"}]},
        {"question": {}},
    ):
        run.write("uses/search", use | change)
        with pytest.raises(RunError, match="Make it anew with `latens search`"):
            run.read_findings()
    run.write("uses/search", [])
    with pytest.raises(RunError, match="Make it anew"):
        run.read_findings()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x93NUMPY",
        b"\x93NUMPY\x01\x00\xff\xff{",
        b"\x93NUMPY\x09\x00" + b" " * 100,
        np.arange(9).tobytes() * 9,
    ],
)
def test_a_damaged_array_ends_in_one_line(run, content):
    (run.path / "arrays" / "map_rows.npy").write_bytes(content)
    with pytest.raises(RunError, match=r"map_rows\.npy"):
        run.array("map_rows")
