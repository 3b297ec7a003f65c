"""Whole or not at all, and nothing is left of what was not finished."""

import numpy as np
import pytest
from safetensors import SafetensorError

from latens._locks import Lock
from latens._writing import atomic_write, clear_place, remove_leftovers, save_array, whole_folder
from latens.exceptions import ModelError, RunError


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_takes_its_place_once_it_is_whole(tmp_path):
    (tmp_path / "a").write_text("old")
    with atomic_write(tmp_path / "a") as new:
        new.write_text("new")
        assert (tmp_path / "a").read_text() == "old"
    assert (tmp_path / "a").read_text() == "new"
    assert names(tmp_path) == ["a"]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), SafetensorError("full")])
def test_what_fails_leaves_the_old_and_names_the_place(tmp_path, error):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "old").touch()

    def fail():
        with whole_folder(tmp_path / "a", ModelError) as new:
            (new / "half").touch()
            raise error

    with pytest.raises(ModelError, match=r"/a' cannot be written: (No space|full)"):
        fail()
    assert names(tmp_path / "a") == ["old"]
    assert names(tmp_path) == ["a"]


def test_two_who_write_one_place_do_not_mix(tmp_path):
    with atomic_write(tmp_path / "a") as new:
        new.write_text("first")
        with (
            pytest.raises(RunError, match="being written by another process"),
            atomic_write(tmp_path / "a"),
        ):
            pytest.fail("the place is taken")
    assert (tmp_path / "a").read_text() == "first"
    assert names(tmp_path) == ["a"]


def killed(folder):
    """What is left when the process that wrote `a` is killed."""
    shop = folder / ".a.latens"
    (shop / "new").mkdir(parents=True)
    (shop / "new" / "half").touch()
    (shop / "lock").write_text("1")
    return shop


def test_what_a_killed_process_left_is_gone_when_the_place_is_written_again(tmp_path):
    killed(tmp_path)
    with whole_folder(tmp_path / "a") as new:
        assert not list(new.iterdir())
    assert names(tmp_path) == ["a"]


def test_a_folder_that_was_about_to_be_replaced_comes_back(tmp_path):
    shop = killed(tmp_path)
    (shop / "before").mkdir()
    (shop / "before" / "old").touch()
    clear_place(tmp_path / "a")
    assert names(tmp_path) == ["a"]
    assert names(tmp_path / "a") == ["old"]


def test_what_a_living_process_writes_and_what_is_not_ours_stays(tmp_path):
    lock = Lock(killed(tmp_path) / "lock")
    assert lock.take()
    (tmp_path / ".b.latens").mkdir()
    for name in (".c.npy.partial", "recommendations.csv.partial"):
        (tmp_path / name).touch()
    (tmp_path / ".autoencoder-abcd12_9").mkdir()
    others = [".hidden", ".hidden-file", "b.partial", "notes-abcd12_9"]
    for name in others:
        (tmp_path / name).touch()
    remove_leftovers(tmp_path)
    assert names(tmp_path) == sorted([".a.latens", *others])
    lock.give_back()
    remove_leftovers(tmp_path)
    assert names(tmp_path) == sorted(others)


def test_a_link_to_a_folder_is_replaced_and_its_target_stays(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "kept").touch()
    (tmp_path / "a").symlink_to("real")
    with whole_folder(tmp_path / "a") as new:
        (new / "fresh").touch()
    assert names(tmp_path / "a") == ["fresh"]
    assert names(tmp_path / "real") == ["kept"]


@pytest.mark.parametrize(
    "array", [np.arange(6.0).reshape(2, 3), np.zeros((0, 3)), np.array(["é"]), np.eye(3).T[:, :1]]
)
def test_arrays_are_what_numpy_saves(tmp_path, array):
    save_array(tmp_path / "a.npy", array)
    np.save(tmp_path / "b.npy", np.ascontiguousarray(array))
    assert (tmp_path / "a.npy").read_bytes() == (tmp_path / "b.npy").read_bytes()
