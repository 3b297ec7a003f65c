"""Runs that were cut off, are under way, are damaged, or do not fit on the disk."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from latens.exceptions import RunError
from latens.runs import Run
from latens.studies import read_study, resume_study, run_study

SAVED = Path(__file__).parent.parent / "fixtures" / "v0_1"
STUDY = """
[data]
source = "table.npy"
[[models]]
latent_dim = 2
network = "mlp"
network_parameters = {hidden = [4]}
trainer = {max_epochs = 2}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with runs of version 0.1, their data, and a study of a small table."""
    for part in ("runs", "data"):
        shutil.copytree(SAVED / part, tmp_path / part)
    np.save(tmp_path / "table.npy", np.random.default_rng(0).normal(size=(60, 4)))
    (tmp_path / "study.toml").write_text(STUDY)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def hidden(path):
    return list(path.rglob(".*"))


def test_a_complete_run_of_0_1_without_a_report_gets_one_and_then_lacks_nothing(folder, latens_cli):
    assert not (folder / "runs" / "table" / "report.html").exists()
    shutil.rmtree(folder / "data")  # they are not needed for it
    code, out, err = latens_cli("run", "--resume", "runs/table")
    assert (code, "report.html" in out) == (0, True), err
    assert (folder / "runs" / "table" / "report.html").is_file()
    code, _, err = latens_cli("run", "--resume", "runs/table")
    assert (code, "nothing to resume" in err) == (1, True)


def test_a_complete_run_that_lost_a_part_makes_it_again(folder):
    run = run_study(read_study("study.toml"), "r")
    codes = np.array(run.array("codes_autoencoder_test"))
    (run.path / "arrays" / "codes_autoencoder_test.npy").unlink()
    resume_study(run.path)
    np.testing.assert_array_equal(run.array("codes_autoencoder_test"), codes)


HOLD = """
import sys, time
from pathlib import Path
from latens.runs import Run
with Run(Path(sys.argv[1])).writing():
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize(
    "command",
    [
        ("run", "study.toml", "--out", "R"),
        ("run", "study.toml", "--out", "R", "--overwrite"),
        ("run", "--resume", "R"),
        ("report", "R"),
        ("search", "R", "3"),
        ("anomalies", "R"),
        ("classify", "R"),
        ("denoise", "R"),
        ("generate", "R"),
    ],
    ids=" ".join,
)
def test_what_another_process_is_writing_is_left_alone(folder, held, latens_cli, command):
    code, _, err = latens_cli(*("runs/table" if one == "R" else one for one in command))
    assert code == 1
    words = f"The run 'runs/table' is under way: process {held.pid} is writing it."
    assert err.splitlines()[-1].startswith(f"latens: error: {words}")


@pytest.fixture
def held(folder, monkeypatch):
    """A process that writes a run."""
    monkeypatch.setattr("latens.runs.folders._PATIENCE_SECONDS", 0.0)
    words = [sys.executable, "-c", HOLD, "runs/table"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


@pytest.mark.slow
def test_two_commands_for_one_folder_end_well_or_in_one_line(folder):
    words = [sys.executable, "-m", "latens", "run", "study.toml", "--out", "same", "--overwrite"]
    both = [
        subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = [process.communicate(timeout=120)[1] for process in both]
    refused = [err for process, err in zip(both, said, strict=True) if process.returncode]
    # The second may be late enough to replace what the first one has finished.
    assert all("is under way: process" in err and "Traceback" not in err for err in refused)
    assert len(refused) <= 1
    assert Run.open("same").status == "complete"
    assert not hidden(folder / "same")


DAMAGE = {
    "data": [None, [], "text"],
    "status": [None, 3, "done"],
    "seconds": [None, "long", [1], True],
    "study": [None, [], "text", {"data": 3}],
}


@pytest.mark.parametrize("key", DAMAGE)
def test_a_damaged_run_json_is_named_in_one_line(folder, key, latens_cli):
    run = Run.open("runs/cut")
    whole = run.read("run")
    for value in DAMAGE[key]:
        for info in (whole | {key: value}, {k: v for k, v in whole.items() if k != key}):
            run.write("run", info)
            with pytest.raises(RunError, match=rf"run\.json'.*: '{key}") as caught:
                resume_study(run.path)
            assert "\n" not in str(caught.value)


@pytest.mark.parametrize("key", ["data", "study"])
@pytest.mark.parametrize(
    "command",
    [
        ("embed", "R"),
        ("search", "R", "3"),
        ("anomalies", "R"),
        ("classify", "R"),
        ("denoise", "R"),
        ("generate", "R"),
    ],
    ids=" ".join,
)
def test_commands_that_use_a_damaged_run_say_so(folder, latens_cli, key, command):
    run = Run.open("runs/table")
    whole = run.read("run")
    for value in (None, [], {}):
        run.write("run", whole | {key: value})
        code, _, err = latens_cli(*(("runs/table" if one == "R" else one) for one in command))
        # A model and data of its own do not need to know what the run knew of its data.
        assert code == 1 or (key, value) == ("data", {}), err
        assert code == 0 or err.count("latens: error: ") == err.count("\n") == 1
        assert "fault of latens" not in err


@pytest.mark.parametrize("name", ["results", "histories"])
@pytest.mark.parametrize(
    "content", [[], {"rows": 3}, "text", {"rows": [{"representation": "raw", "kind": "raw"}]}]
)
def test_damaged_results_are_named_with_the_way_out(folder, name, content):
    run = Run.open("runs/table")
    run.write(name, content)
    run.write_info(status="running")
    (run.path / "arrays" / "scored_test.npy").touch()
    if name == "histories":
        run.write("results", {**run.read("results"), "seeds_done": []})
    with pytest.raises(RunError, match=rf"{name}\.json' is damaged.*Remove it"):
        resume_study(run.path)


def test_a_run_of_recommend_that_was_cut_off_says_what_is_true(folder, latens_cli):
    Run.open("runs/events").write_info(status="interrupted")
    (folder / "runs" / "events" / "results.json").unlink()
    words = "`latens recommend` does not go on where it stopped: start it anew, with --overwrite"
    for command in (
        ("recommend", "data/events.csv", "--out", "runs/events", "--model", "Popularity"),
        ("explore", "runs/events", "--out", "x.html"),
    ):
        code, _, err = latens_cli(*command)
        assert code == 1
        assert words in err
        assert "latens run --resume" not in err
    latens_cli("report", "runs/events")
    page = (folder / "runs" / "events" / "report.html").read_text()
    assert "This run was interrupted" in page
    assert "latens run --resume" not in page


@pytest.mark.skipif(os.name == "nt", reason="signals are of POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(
    "moment", ["latens.studies.study_run.write_maps", "latens.reports.report._within_budget"]
)
def test_a_signal_outside_of_training_leaves_a_run_that_says_it_was_interrupted(
    folder, latens_cli, monkeypatch, number, moment
):
    monkeypatch.setattr(moment, lambda *given, **named: signal.raise_signal(number))
    code, _, err = latens_cli("run", "study.toml", "--out", "r")
    assert code == 128 + number, err
    assert Run.open("r").status == "interrupted"
    assert not hidden(folder / "r")


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 56 KiB: run.json, the checkpoint and the model fit, not all of the arrays."""
    place = tmp_path / "small"
    place.mkdir()
    size = ["mount", "-t", "tmpfs", "-o", "size=56k", "tmpfs", str(place)]
    try:
        mounted = subprocess.run(size, capture_output=True, check=False).returncode == 0
    except OSError:
        mounted = False
    if not mounted:
        pytest.skip("only root may mount a small file system")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_names_what_did_not_fit_and_the_run_says_that_it_failed(
    folder, small_disk, latens_cli
):
    code, _, err = latens_cli("run", "study.toml", "--out", small_disk / "r")
    assert code == 1
    line = err.splitlines()[-1]
    assert "/arrays/" in line
    assert "No space left on device" in line
    info = Run.open(small_disk / "r").info
    assert info.status == "failed"
    assert f"latens: error: {info.error}" == line
    assert not hidden(small_disk / "r")


@pytest.mark.skipif(sys.platform != "linux", reason="names of any bytes are of Linux")
def test_data_whose_name_is_no_text_work_from_end_to_end(folder, latens_cli):
    odd = Path(os.fsdecode(b"caf\xe9.npy"))
    (folder / "table.npy").rename(folder / odd)
    code, _, err = latens_cli("run", odd, "--epochs", "1", "--latent-dim", "2")
    assert code == 0, err
    (made,) = (folder / "runs").glob("caf*")
    (made / "report.html").unlink()
    Run.open(made).write_info(status="running")
    code, _, err = latens_cli("run", "--resume", made)
    assert code == 0, err
    assert (made / "report.html").is_file()
    assert latens_cli("embed", made)[0] == 0


def test_a_place_whose_name_is_no_text_is_refused_before_anything_is_written(folder, latens_cli):
    before = sorted(folder.iterdir())
    for flag in ("--out", "--save"):
        command = ("run", "study.toml") if flag == "--out" else ("anomalies", "table.npy")
        code, _, err = latens_cli(*command, flag, os.fsdecode(b"caf\xe9"))
        assert code == 1
        assert "no text in UTF-8" in err.splitlines()[-1]
        assert sorted(folder.iterdir()) == before


def test_data_inside_the_run_they_would_replace_are_kept(folder, latens_cli):
    shutil.copy("table.npy", "runs/table/table.npy")
    code, _, err = latens_cli("run", "runs/table/table.npy", "--out", "runs/table", "--overwrite")
    assert (code, "are in 'runs/table' itself" in err) == (1, True)
    assert json.loads((folder / "runs" / "table" / "run.json").read_text())["status"] == "complete"
