import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from latens.reports import write_report
from latens.runs import Finding, Mosaic, Run, Table


@pytest.fixture
def copied(small_run: Run, tmp_path: Path) -> Run:
    shutil.copytree(small_run.path, tmp_path / "run")
    return Run.open(tmp_path / "run")


def test_every_use_has_a_section_with_its_tables_and_images(
    small_run: Run, copied: Run, page_of: Callable[[Run], Path]
) -> None:
    before = page_of(small_run).read_text(encoding="utf-8")
    assert "use-search" not in before
    images = np.random.default_rng(0).integers(0, 255, (2, 3, 6, 6, 3)).astype(np.uint8)
    rows = tuple((f"<b>{at}</b>", at, None if at else 0.25) for at in range(60))
    use = Finding(
        "What is alike?",
        "Three are.",
        (Table("Neighbors", ("name", "rank", "distance"), rows, "nearest first"),),
        (Mosaic("Queries and neighbors", images, ("same name", "same name")),),
    )
    copied.write_finding("search", use)
    page = write_report(copied).read_text(encoding="utf-8")
    assert '<h2 id="use-search">What is alike?</h2>' in page
    assert "&lt;b&gt;0&lt;/b&gt;" in page
    assert "<b>0</b>" not in page
    assert "nearest first 10 more rows are in the run folder." in page
    assert 'id="use-search-0"' in page
    summary = json.loads((copied.path / "report.json").read_text(encoding="utf-8"))
    assert len(summary["sections"]["use-search"]["tables"]["Neighbors"]) == 61
