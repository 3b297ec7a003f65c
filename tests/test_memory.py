"""How much memory a file may ask for."""

import pytest

from latens import _memory
from latens._memory import available_memory, check_memory, format_bytes
from latens.exceptions import DataError, ModelError

MIB, GIB = 2**20, 2**30


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 bytes"),
        (1023, "1023 bytes"),
        (1024, "1.0 KiB"),
        (1536, "1.5 KiB"),
        (2**20, "1.0 MiB"),
        (170_052_171, "162.2 MiB"),
        (2**40, "1.0 TiB"),
        (2**60, "1,024.0 PiB"),
    ],
)
def test_sizes_in_words(size, text):
    assert format_bytes(size) == text


@pytest.fixture
def four_gib_left(monkeypatch):
    monkeypatch.setattr(_memory, "available_memory", lambda: 4 * GIB)


def test_half_of_what_is_available_may_be_taken(four_gib_left):
    check_memory(2 * GIB, "It")
    with pytest.raises(
        DataError, match=r"^It would take 2\.0 GiB in memory, more than half of the 4"
    ):
        check_memory(2 * GIB + 1, "It")


@pytest.mark.parametrize(
    ("stored", "needed"), [(0, 256 * MIB), (MIB, 500 * MIB), (GIB, 2 * GIB), (0, 0)]
)
def test_honest_files_pass(stored, needed, four_gib_left):
    check_memory(needed, "It", stored=stored)


@pytest.mark.parametrize(
    ("stored", "needed"), [(0, 256 * MIB + 1), (1, 257 * MIB), (MIB, 501 * MIB), (GIB, 3 * GIB)]
)
def test_bombs_do_not(stored, needed, four_gib_left):
    with pytest.raises(ModelError, match=r"^It would"):
        check_memory(needed, "It", stored=stored, failure=ModelError)


def test_no_file_of_a_megabyte_may_take_a_gigabyte(monkeypatch):
    monkeypatch.setattr(_memory, "available_memory", lambda: 2**50)
    with pytest.raises(DataError):
        check_memory(GIB, "It", stored=MIB)


def test_this_machine_has_some_memory_left():
    assert 64 * MIB < available_memory() < 2**50


def test_what_is_installed_stands_for_what_a_system_does_not_say(tmp_path):
    assert _memory._of_the_machine(tmp_path / "no such file") > 64 * MIB


@pytest.mark.parametrize(
    ("own", "folder", "limit", "used", "cached"),
    [
        ("0::/box", "box", "memory.max", "memory.current", "inactive_file"),
        ("0::/on/the/host", ".", "memory.max", "memory.current", "inactive_file"),
        ("0::/box/inner", "box", "memory.max", "memory.current", "inactive_file"),
        (
            "4:memory:/box",
            "memory/box",
            "memory.limit_in_bytes",
            "memory.usage_in_bytes",
            "total_inactive_file",
        ),
    ],
)
def test_a_container_leaves_what_is_below_its_limit(tmp_path, own, folder, limit, used, cached):
    (tmp_path / "own").write_text(f"7:cpu:/x\n{own}\n")
    place = tmp_path / "groups" / folder
    place.mkdir(parents=True)
    (place / limit).write_text("1000\n")
    (place / used).write_text("700\n")
    (place / "memory.stat").write_text(f"anon 600\n{cached} 100\n")
    assert min(_memory._of_containers(tmp_path / "groups", tmp_path / "own")) == 400


def test_a_container_without_a_limit_limits_nothing(tmp_path):
    (tmp_path / "own").write_text("0::/box\n")
    place = tmp_path / "box"
    place.mkdir()
    (place / "memory.max").write_text("max\n")
    assert min(_memory._of_containers(tmp_path, tmp_path / "own")) == _memory._NO_LIMIT
