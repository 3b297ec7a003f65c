"""Ctrl-C and kills, on real processes."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "latens", "run", *arguments]
    return subprocess.Popen(
        command, cwd=folder, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def wait_for_epoch(process: subprocess.Popen[str]) -> None:
    """Read stderr until the training has finished an epoch."""
    assert process.stderr is not None
    for line in process.stderr:
        if "epoch" in line and "held out" in line:
            return
    pytest.fail("the training never finished an epoch")


def test_ctrl_c_keeps_the_best_weights_and_the_run_resumes(tmp_path):
    np.save(tmp_path / "table.npy", np.random.default_rng(0).normal(size=(300, 5)))
    process = start(tmp_path, "table.npy", "--out", "r", "--epochs", "100000")
    wait_for_epoch(process)
    time.sleep(6)  # longer than the pause between checkpoints
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 130, err
    assert out == ""
    assert "--resume r" in err
    assert "Traceback" not in err
    info = json.loads((tmp_path / "r" / "run.json").read_text())
    assert info["status"] == "interrupted"
    assert not (tmp_path / "r" / "report.html").exists()
    assert (tmp_path / "r" / "models" / "autoencoder" / "weights.safetensors").is_file()
    epochs = len(
        json.loads((tmp_path / "r" / "histories.json").read_text())["autoencoder"]["0"]["epochs"]
    )
    assert epochs >= 1

    again = start(tmp_path, "--resume", "r")
    wait_for_epoch(again)
    again.send_signal(signal.SIGINT)
    again.communicate(timeout=120)
    resumed = json.loads((tmp_path / "r" / "histories.json").read_text())["autoencoder"]["0"][
        "epochs"
    ]
    assert len(resumed) > 1
    assert resumed[0]["number"] == 1


@pytest.mark.slow
def test_a_killed_run_resumes_to_the_results_of_an_uninterrupted_one(tmp_path):
    arguments = ["digits", "--epochs", "60", "--latent-dim", "4"]
    assert start(tmp_path, *arguments, "--out", "whole").wait(timeout=300) == 0
    process = start(tmp_path, *arguments, "--out", "killed")
    wait_for_epoch(process)
    time.sleep(6)
    process.kill()
    process.wait()
    assert start(tmp_path, "--resume", "killed").wait(timeout=300) == 0

    def scores(name):
        rows = json.loads((tmp_path / name / "results.json").read_text())["rows"]
        return [row["metrics"] for row in rows]

    assert scores("killed") == scores("whole")
