"""Pages and parts of pages: contained, and whole or not there."""

import base64
import hashlib
import re

import pytest

from latens.exceptions import RunError
from latens.explorer import IN_A_REPORT, explorer_fragment, write_explorer


@pytest.fixture(scope="module")
def page(digits_run, tmp_path_factory):
    path = write_explorer(digits_run, tmp_path_factory.mktemp("page") / "explorer.html")
    return path.read_text(encoding="utf-8")


def test_the_policy_names_the_script_and_the_style_and_nothing_else(page):
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    for tag in ("script", "style"):
        content = page.rpartition(f"<{tag}>")[2].partition(f"</{tag}>")[0]
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_nothing_is_loaded_from_anywhere(page):
    assert not re.search(r'(?:src|href)\s*=\s*["\']?(?!#)', page.partition("<script>")[0])


def test_a_fragment_has_all_that_a_page_needs(digits_run):
    part = explorer_fragment(digits_run, limits=IN_A_REPORT)
    assert 'id="latens-explorer"' in part.html
    assert "<script>" not in part.html
    digest = base64.b64encode(hashlib.sha256(part.script.encode()).digest()).decode()
    assert part.script_hash == f"sha256-{digest}"


def test_a_fragment_of_a_table_needs_no_images(table_run):
    assert "latens-explorer-data" in explorer_fragment(table_run).html


def test_a_file_that_cannot_be_written_leaves_nothing_behind(digits_run, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises(RunError, match="cannot be written"):
        write_explorer(digits_run, tmp_path / "folder")
    with pytest.raises(RunError, match="cannot be written"):
        write_explorer(digits_run, tmp_path / "file" / "explorer.html")
    assert list(tmp_path.rglob("*.partial")) == []


def test_a_folder_that_is_no_run_is_refused(tmp_path):
    with pytest.raises(RunError, match="not a run"):
        write_explorer(tmp_path, tmp_path / "explorer.html")
