"""Kills at the file operations of every command that writes, and what the next command makes of them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")

TOOL = Path(__file__).parent / "killing.py"
AT_20 = ("denoise", "denoise-run", "anomalies", "anomalies-overwrite", "recommend", "classify")
ALSO_AT_20 = ("embed", "export", "search", "generate", "report", "overwrite")


def outcome(*arguments: str) -> dict:
    done = subprocess.run(
        [sys.executable, str(TOOL), *arguments], capture_output=True, text=True, check=False
    )
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


def test_a_run_goes_on_after_a_few_kills():
    found = outcome("study", "--points", "8")
    assert found["failures"] == []
    assert found["kills"] == 8


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_run_goes_on_after_a_kill_at_every_operation():
    found = outcome("run")
    assert found["failures"] == []
    assert found["kills"] > 200


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("job", [*AT_20, *ALSO_AT_20])
def test_a_command_is_carried_out_after_kills_at_20_operations(job):
    found = outcome(job, "--points", "20")
    assert found["failures"] == []
    assert found["kills"] >= min(20, found["operations"])
