"""Who may make, replace and write a run folder, and what is left of one that was cut off."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from latens import _locks
from latens.exceptions import RunError
from latens.runs import Finding, NextFolder, Run, Table, carry_out

USE = Finding("?", "!", (Table("t", ("a",), ((1,),)),))


def started(path, **changes):
    run = Run.create(path)
    run.write_info(**{"status": "running", "study": {"data": {}}, "data": {}} | changes)
    return run


def left_by_a_killed_process(run):
    (run.path / ".lock").write_text("1")
    (run.path / ".reserve").write_bytes(b"0" * 100)
    (run.path / ".run.json.latens").mkdir()
    (run.path / "models" / ".autoencoder-0a1b2c3d").mkdir(parents=True)
    (run.path / "arrays").mkdir()
    (run.path / "arrays" / ".codes.npy.partial").touch()


def hidden(run):
    return list(run.path.rglob(".*"))


def test_a_run_under_way_is_neither_written_nor_replaced_by_others(tmp_path, monkeypatch):
    monkeypatch.setattr("latens.runs.folders._PATIENCE_SECONDS", 0.1)
    with Run.creating(tmp_path / "run") as run:
        run.write_info(status="running")
        run.write_finding("mine", USE)
        other = Run.open(run.path)
        for write in (
            lambda: other.write_finding("search", USE),
            other.check_writable,
            lambda: Run.create(run.path),
            lambda: Run.create(run.path, overwrite=True),
        ):
            with pytest.raises(RunError, match=f"under way: process {os.getpid()} is writing it"):
                write()
    other.write_finding("search", USE)
    assert set(run.read_findings()) == {"mine", "search"}
    assert not hidden(run)


def test_what_a_killed_process_left_is_cleared_away_by_who_writes_next(tmp_path):
    run = started(tmp_path / "run")
    left_by_a_killed_process(run)
    run.write_finding("search", USE)
    assert not hidden(run)


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_folder_of_a_run_that_never_began_may_be_used(tmp_path, overwrite):
    left_by_a_killed_process(Run.create(tmp_path / "run"))
    for part in ("models", "arrays"):
        for path in (tmp_path / "run" / part).iterdir():
            path.rmdir() if path.is_dir() else path.unlink()
        (tmp_path / "run" / part).rmdir()
    with pytest.raises(RunError, match=r"it has no run\.json\. Start the run again"):
        Run.open(tmp_path / "run")
    assert not hidden(Run.create(tmp_path / "run", overwrite=overwrite))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"status": "complete"}, r"with --overwrite\.$"),
        ({}, "It was cut off. Finish it with `latens run --resume .*run`"),
        ({"study": None, "settings": {}}, "latens recommend. does not go on where it stopped"),
    ],
)
def test_what_can_be_done_with_a_run_that_is_there(tmp_path, changes, words):
    run = started(tmp_path / "run", **changes)
    with pytest.raises(RunError, match=f"exists already.*{words}"):
        Run.create(run.path)


def test_a_run_is_emptied_in_an_order_that_a_kill_cannot_spoil(tmp_path, monkeypatch):
    run = started(tmp_path / "run")
    run.write("results", {"seeds_done": [0]})
    run.write("histories", {})
    gone = []
    monkeypatch.setattr(
        "latens.runs.folders.remove",
        lambda path: (gone.append(path.name), path.unlink(missing_ok=True)),
    )
    Run.create(run.path, overwrite=True)
    gone = [name for name in gone if name.endswith(".json")]
    assert gone[0] == "results.json"
    assert gone[-1] == "run.json"


@pytest.mark.parametrize("content", ['{"format": "another program"}', "{"])
def test_a_run_json_of_another_program_protects_its_folder(tmp_path, content):
    (tmp_path / "run.json").write_text(content)
    (tmp_path / "precious.txt").write_text("precious")
    with pytest.raises(RunError, match="is not a run, so it is not overwritten"):
        Run.create(tmp_path, overwrite=True)
    assert (tmp_path / "precious.txt").read_text() == "precious"


def test_a_damaged_run_may_be_replaced(tmp_path):
    run = started(tmp_path / "run")
    (run.path / "run.json").write_text('{"format"')
    Run.create(run.path, overwrite=True)
    assert not list(run.path.iterdir())


def test_all_who_want_the_next_folder_at_once_get_one_of_their_own(tmp_path):
    def work(number):
        with Run.creating(NextFolder(tmp_path / "digits")) as run:
            run.write_info(number=number)
        return run

    with ThreadPoolExecutor(8) as pool:
        runs = list(pool.map(work, range(24)))
    assert {run.path.name for run in runs} == {f"digits-{n}" for n in range(1, 25)}
    assert [run.info.number for run in runs] == list(range(24))


def test_a_name_that_is_no_text_is_refused_before_anything_is_made(tmp_path):
    with pytest.raises(RunError, match="no text in UTF-8"):
        Run.create(tmp_path / os.fsdecode(b"\xff"))
    assert not list(tmp_path.iterdir())


def test_a_file_system_without_locks_is_warned_of(tmp_path, monkeypatch):
    def none_here(file):
        raise OSError(37, "No locks available")

    monkeypatch.setattr(_locks, "_lock", none_here)
    with pytest.warns(UserWarning, match="has no locks"):
        Run.create(tmp_path / "run")


def ended(run, work, finish=lambda run: None):
    said = []
    with run.writing(), suppress(KeyboardInterrupt, RunError):
        carry_out(run, work, finish=finish, say=said.append)
    return run.info, said


def test_a_run_is_complete_once_it_is_finished(tmp_path):
    run = Run.create(tmp_path / "run")
    seen = []

    def finish(run):
        assert run.read("run")["status"] == "running"
        seen.append(run.info.status)

    info, _ = ended(run, lambda: "complete", finish)
    assert seen == ["complete"]
    assert info.status == "complete"
    assert not hidden(run)


def interrupted(*given):
    signal.raise_signal(signal.SIGINT)


def refused(*given):
    raise RunError("no room")


@pytest.mark.parametrize(
    ("problem", "status", "error"),
    [(interrupted, "interrupted", None), (refused, "failed", "no room")],
)
def test_however_a_run_ends_it_says_so(tmp_path, problem, status, error):
    for number, (work, finish) in enumerate(
        [(problem, lambda run: None), (lambda: "complete", problem)]
    ):
        run = Run.create(tmp_path / str(number))
        info, _ = ended(run, work, finish)
        assert (info.status, info.error) == (status, error)
        assert not hidden(run)
