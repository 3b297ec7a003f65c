"""The time of `latens run`, and how soon the program ends when it is told to."""

import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from latens.runs import Run


@pytest.fixture
def table(tmp_path):
    rng = np.random.default_rng(0)
    np.save(tmp_path / "table.npy", rng.normal(size=(300, 3)) @ rng.normal(size=(3, 6)))
    return tmp_path / "table.npy"


def test_data_are_refused_before_torch_is_imported(tmp_path):
    (tmp_path / "gaps.csv").write_text("a,b\n" + "1,2\n3,inf\n" * 40)
    script = """
import sys
from latens.cli import main
sys.argv = ["latens", "run", "gaps.csv"]
try:
    main()
finally:
    print("torch" in sys.modules)
"""
    line = [sys.executable, "-c", script]
    done = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "--missing" in done.stderr
    assert done.stdout == "False\n"


def test_a_dry_run_says_how_long_the_whole_takes_and_writes_nothing(latens_cli, table, tmp_path):
    code, out, err = latens_cli("run", table, "--dry-run")
    assert code == 0, err
    assert out == ""
    assert "the whole run will take about" in err
    assert "--preset best" in err
    assert "nothing was written" in err
    assert list(tmp_path.iterdir()) == [table]


def test_a_limit_is_that_of_the_whole_run_and_bounds_the_training(latens_cli, table):
    code, _, err = latens_cli("run", table, "--time-limit", "20 s", "--out", "r")
    assert code == 0, err
    info = Run.open("r").info
    assert info.budget == 20
    assert info.is_limited
    (model,) = info.study["models"]
    assert 0 < model["trainer"]["time_limit"] < 20
    assert info.seconds < 40  # twice as long is a fault, and no noise


def test_the_settings_of_a_run_are_a_study_that_does_the_same(
    latens_cli, table, tmp_path, monkeypatch
):
    assert latens_cli("run", table.name, "--epochs", "1", "--out", "r")[0] == 0
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    code, _, err = latens_cli("run", tmp_path / "r" / "study.toml", "--out", "again")
    assert code == 0, err
    first, second = (Run.open(path).results.rows for path in (tmp_path / "r", "again"))
    assert [row.metrics for row in first] == [row.metrics for row in second]


def test_without_a_limit_the_training_is_counted_in_epochs(latens_cli, table):
    code, _, err = latens_cli("run", table, "--out", "r", "--dry-run")
    assert code == 0, err
    code, _, err = latens_cli("run", table, "--out", "r", "--epochs", "2")
    assert code == 0, err
    assert Run.open("r").info.budget is None


@pytest.mark.parametrize(
    "flags", [("--finish",), ("--resume", "r", "--dry-run"), ("--resume", "r", "--epochs", "3")]
)
def test_flags_that_do_not_go_together_are_refused(latens_cli, table, flags):
    code, _, err = latens_cli("run", *(() if "--resume" in flags else (table,)), *flags)
    assert code == 2
    assert "Traceback" not in err


SLOW = """
import sys
import numpy as np
from latens._signals import told_to_stop
rows = np.random.default_rng(0).normal(size=(6000, 6000))
with told_to_stop(lambda: sys.stderr.write("left\\n")):
    print("busy", flush=True)
    np.linalg.svd(rows)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals are of POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_library_that_takes_long_does_not_keep_anybody_waiting(number):
    line = [sys.executable, "-c", SLOW]
    with subprocess.Popen(
        line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "busy\n"
        time.sleep(0.5)
        process.send_signal(number)
        try:
            _, err = process.communicate(timeout=20)  # the decomposition takes minutes
        finally:
            process.kill()
    assert process.returncode == 128 + number
    assert err.endswith("left\n")
