"""Places that cannot be written are refused before anything is trained."""

import os
from pathlib import Path

import pytest

from latens._writing import check_free
from latens.cli.saving import check_place
from latens.exceptions import RunError


def checks(path):
    return (
        lambda: check_free(path, overwrite=False),
        lambda: check_place(path, "detector", overwrite=False),
    )


def test_a_new_place_is_free_however_deep_and_nothing_is_made(tmp_path):
    for check in checks(tmp_path / "a" / "b" / "c.csv"):
        check()
    assert not list(tmp_path.iterdir())


def test_a_file_in_the_way_of_the_folder(tmp_path):
    (tmp_path / "a").write_text("")
    for check in checks(tmp_path / "a" / "b" / "c.csv"):
        with pytest.raises(RunError, match=r"cannot be written: '.*a' is no folder"):
            check()


def test_what_no_file_can_be_called(tmp_path):
    for check in checks(tmp_path / ("x" * 300)):
        with pytest.raises(RunError, match="cannot be written: File name too long"):
            check()


def test_the_root_of_all_folders():
    with pytest.raises(RunError, match="'/' holds no detector"):
        check_place(Path("/"), "detector", overwrite=True)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write all")
def test_a_folder_that_is_read_only(tmp_path):
    (tmp_path / "a").mkdir(mode=0o555)
    for check in checks(tmp_path / "a" / "c.csv"):
        with pytest.raises(RunError, match="read-only for you"):
            check()
