"""The races: contenders in processes of their own, in turns, and what becomes of one that fails."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"

CONTENDER = """
import os, time

def prepare(settings):
    print("chatter on stdout")
    def run():
        with open(settings["diary"], "a") as diary:
            diary.write(settings["name"])
        threads = int(os.environ.get("OMP_NUM_THREADS", 0))
        return {"seconds": settings["seconds"], "process": os.getpid(), "threads": threads}
    return run
"""

ROW = """
title = "A race"
goal = "none"
repeats = 3

[settings]
diary = "DIARY"

[[contenders]]
name = "ours"
script = "SCRIPT"
settings = { name = "a", seconds = 2.0 }

[[contenders]]
name = "theirs"
script = "SCRIPT"
settings = { name = "b", seconds = 5.0 }
"""

PROGRAM = (
    "import sys, json, pathlib, bench; print(json.dumps(bench.race(pathlib.Path(sys.argv[1]))))"
)


def _race(folder, contender, text=ROW):
    script, row = folder / "contender.py", folder / "row.toml"
    script.write_text(contender)
    row.write_text(text.replace("SCRIPT", str(script)).replace("DIARY", str(folder / "diary")))
    command = [sys.executable, "-c", PROGRAM, str(row)]
    return subprocess.run(command, capture_output=True, text=True, cwd=BENCHMARKS)


def test_contenders_take_turns_in_processes_of_their_own(tmp_path):
    done = _race(tmp_path, CONTENDER)
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    assert (tmp_path / "diary").read_text() == "ababab"
    assert [(one["name"], one["ratio"]) for one in record["contenders"]] == [
        ("ours", 1.0),
        ("theirs", 2.5),
    ]
    processes = [{run["process"] for run in one["runs"]} for one in record["contenders"]]
    assert [len(one) for one in processes] == [1, 1]
    assert processes[0] != processes[1]


def test_a_row_says_how_many_threads_its_contenders_get(tmp_path):
    done = _race(tmp_path, CONTENDER, ROW.replace("[settings]", "[settings]\nthreads = 3"))
    assert done.returncode == 0, done.stderr
    runs = [run for one in json.loads(done.stdout)["contenders"] for run in one["runs"]]
    assert {run["threads"] for run in runs} == {3}


def test_a_contender_that_fails_is_named_with_what_it_said(tmp_path):
    done = _race(tmp_path, "def prepare(settings):\n    raise ValueError('no data here')\n")
    assert done.returncode == 1
    assert "no data here" in done.stderr
    assert "ours ended with status 1" in done.stderr


@pytest.mark.parametrize("path", sorted((BENCHMARKS / "rows").glob("*.toml")), ids=lambda p: p.stem)
def test_every_row_names_scripts_and_environments_that_are_there(path):
    row = tomllib.loads(path.read_text())
    assert {"title", "goal", "repeats"} <= set(row)
    assert row["contenders"]
    for contender in row["contenders"]:
        assert (BENCHMARKS / contender["script"]).exists()
        peer = contender.get("environment")
        assert peer is None or (BENCHMARKS / "peers" / peer / "requirements.txt").exists()


@pytest.mark.slow
def test_the_dictionary_race_runs_on_small_settings():
    row = tomllib.loads((BENCHMARKS / "rows" / "train_dictionary.toml").read_text())
    small = row["settings"] | {"rows": 640, "features": 16, "units": 48, "active": 4, "batch": 64}
    assert len(row["contenders"]) == 2
    for contender in row["contenders"]:
        script = BENCHMARKS / contender["script"]
        done = subprocess.run(
            [sys.executable, "worker.py", script, json.dumps(small)],
            input="go\n",
            capture_output=True,
            text=True,
            cwd=BENCHMARKS,
        )
        assert done.returncode == 0, done.stderr
        result = json.loads(done.stdout.splitlines()[-1])
        assert result["rows/s"] > 0
        if contender["name"] == "latens":
            assert abs(result["active"] - 4) < 0.1
