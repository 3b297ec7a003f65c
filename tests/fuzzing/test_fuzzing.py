"""The short form of `make fuzz`, and the tool itself: it sees what it is to see."""

import re
import subprocess
import sys
from hashlib import sha256
from itertools import count
from pathlib import Path

import pytest

import latens
from latens.data import image_files, tables

HERE = Path(__file__).parent
SLOW = {"report", "resumed run"}


def fuzz(program: str, *arguments: str) -> tuple[int, str]:
    """Run the tool in a process of its own; return its exit code and what it printed."""
    command = [sys.executable, str(HERE / program), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout


def counts(output: str) -> dict[str, dict[str, int]]:
    """The table by kind."""
    rows = re.findall(
        r"^(\S.*?) {2,}([\d,]+) +([\d,]+) +([\d,]+) +([\d,]+) +[\d.]+ +[\d.]+ +[\d,]+$",
        output,
        re.M,
    )
    names = ("inputs", "fine", "refused", "failed")
    return {
        kind: dict(zip(names, (int(one.replace(",", "")) for one in figures), strict=True))
        for kind, *figures in rows
    }


@pytest.fixture(scope="module")
def tool(tmp_path_factory):
    """The modules of the tool, and a corpus."""
    before = set(sys.modules)
    sys.path.insert(0, str(HERE))
    import campaign
    import corpus
    import kinds

    folder = tmp_path_factory.mktemp("fuzzing") / "corpus"
    corpus.write_corpus(folder)
    yield lambda seed: campaign.Campaign(seed, kinds.KINDS, folder)
    sys.path.remove(str(HERE))
    for name in set(sys.modules) - before:
        if Path(getattr(sys.modules[name], "__file__", None) or "").parent == HERE:
            del sys.modules[name]


@pytest.fixture(scope="module")
def campaigns(tool, tmp_path_factory):
    """The exit code of the tool, and what it printed of broken files and of those of the corpus."""
    named = {kind.name for kind in tool("valid").kinds} - SLOW
    keep = ("--keep", str(tmp_path_factory.mktemp("campaigns") / "kept"))
    broken = ("--inputs", "500", "--seed", "check", *keep)
    code, output = fuzz(
        "run.py", *broken, "--then", "--seed", "valid", "--kinds", ",".join(named), *keep
    )
    of_broken, seed, of_valid = output.partition("seed check:")
    return code, of_broken + seed, of_valid


@pytest.mark.timeout(900)
def test_500_broken_files_end_well_or_in_an_error_of_latens(campaigns):
    code, output, _ = campaigns
    found = counts(output)["all"]
    assert found["failed"] == 0, output
    assert code == 0, campaigns
    assert found["inputs"] == 500
    # Broken files, that is, and not so broken that nothing is read of them.
    assert found["refused"] > 150
    assert found["fine"] > 60


@pytest.mark.timeout(900)
def test_what_is_not_broken_is_read(tool, campaigns):
    code, _, output = campaigns
    found = counts(output)
    assert found["all"]["failed"] == 0, output
    assert code == 0, campaigns
    assert set(found) == {*(kind.name for kind in tool("valid").kinds), "all"} - SLOW
    # A batch of CIFAR-10 is 30 MB, so that those of the corpus are no whole ones.
    assert {kind for kind in found if not found[kind]["fine"]} <= {"cifar"}


def test_every_kind_of_file_that_is_read_is_in_the_corpus(tool):
    files = [path.name for path in tool("x").corpus.rglob("*") if path.is_file()]
    endings = {Path(name).suffix for name in files}
    assert {
        *image_files.ENDINGS,
        *tables.TYPED_TABLES,
        *tables.TEXT_TABLES,
        ".npy",
        ".npz",
        ".idx",
        ".gz",
        ".inter",
        ".toml",
    } <= endings
    assert any(name.endswith("-ubyte") for name in files)


def test_every_kind_of_saved_thing_is_in_the_corpus(tool):
    sources = Path(latens.__file__).parent.rglob("*.py")
    saved = {
        name for path in sources for name in re.findall(r'SavedKind\("(\w+)"', path.read_text())
    }
    files = {path.name for path in tool("x").corpus.rglob("*.json")}
    assert {"model", "index"} <= saved
    assert {f"{name}.json" for name in saved} <= files
    assert {"run.json", "results.json", "histories.json", "items.json"} <= files


def test_every_saved_thing_of_version_0_1_is_in_the_corpus(tool):
    copies = {
        sha256(path.read_bytes()).digest()
        for path in tool("x").corpus.rglob("*.*")
        if path.is_file()
    }
    saved = HERE.parent / "fixtures" / "v0_1"
    for part in ("models", "detectors", "denoisers", "recommenders", "indexes", "runs"):
        for path in (saved / part).rglob("*.*"):
            assert path.is_dir() or sha256(path.read_bytes()).digest() in copies, path


@pytest.mark.parametrize("seed", ["check", "1", "another"])
def test_500_inputs_are_of_all_kinds(tool, seed):
    campaign = tool(seed)
    kinds = [campaign.kind_of(number) for number in range(500)]
    total = sum(kind.share for kind in campaign.kinds)
    for kind in campaign.kinds:
        assert kinds.count(kind) == pytest.approx(500 * kind.share / total, abs=3)
        assert kind in kinds


def test_an_input_is_a_function_of_its_seed_and_number(tool, tmp_path):
    places = (tmp_path / str(number) for number in count())

    def content(seed: str, number: int) -> str:
        place = next(places)
        made = tool(seed).make(number, place)
        paths = sorted(path for path in place.rglob("*") if path.is_file())
        parts = [
            str(path.relative_to(place)).encode("utf-8", "surrogateescape") + path.read_bytes()
            for path in paths
        ]
        return f"{made.kind.name} {made.path.name} {made.rng.random()} {sha256(b''.join(parts)).hexdigest()}"

    first = [content("a", number) for number in range(40)]
    assert [content("a", number) for number in reversed(range(40))] == first[::-1]
    assert len({*first, *(content("b", number) for number in range(40))}) == 80


def test_every_planted_fault_is_reported(tool, tmp_path):
    folders = ("--corpus", str(tool("x").corpus), "--keep", str(tmp_path / "kept"))
    code, output = fuzz("planted.py", "--seed", "valid", "--jobs", "16", *folders)
    assert code == 1
    expected = {
        "uncaught": "uncaught KeyError",
        "wrong_type_of_exit": "uncaught SystemExit",
        "segfault": "died SIGSEGV",
        "leave": "died exit 0",
        "spin": "too slow",
        "spin_and_swallow": "too slow",
        "wait": "too slow",
        "hang": "hung",
        "take_memory": "too large",
        "take_all_memory": "uncaught MemoryError",
        "import_what_is_named": "reached out import of fuzz_trap",
        "look_for_what_is_named": "reached out import of fuzz_missing",
        "write_elsewhere": "reached out writing",
        "connect": "reached out socket.getaddrinfo",
        "start_a_program": "reached out subprocess.Popen",
    }
    kept = {path.read_text().split(":")[0]: path for path in tmp_path.glob("kept/*/failure.txt")}
    assert set(kept) == set(expected)
    for kind, words in expected.items():
        text = kept[kind].read_text()
        assert text.startswith(f"{kind}: {words}")
        assert f"--only {kept[kind].parent.name.replace('-', ':')}" in text
        assert any((kept[kind].parent / "input").iterdir())
    assert counts(output)["refuse"]["refused"] == 1
