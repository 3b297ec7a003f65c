"""`latens export` as a user meets it."""

import json
from pathlib import Path

import numpy as np
import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from latens.cli.export import export
from latens.exceptions import RunError
from latens.runs import Run

app = typer.Typer()
app.command()(export)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A run of eight points with codes."""
    made = Run.create(tmp_path / "run")
    made.write_info(status="complete", data={"name": "points", "sample_shape": [2]})
    facts = {"representation": "ae", "label": "ae", "kind": "Autoencoder", "numbers": 2}
    part = {"seed": 0, "part": "held-out", "metrics": {}}
    made.write("results", {"rows": [facts | part]})
    generator = np.random.default_rng(0)
    made.write_array("map_rows", np.arange(8))
    made.write_array("map_ae", generator.normal(size=(8, 2)))
    made.write_array("codes_ae_test", generator.normal(size=(8, 2)))
    return made


def call(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(one) for one in arguments])


def test_the_paths_are_printed(run: Run, tmp_path: Path) -> None:
    result = call(run.path, "--to", "projector", "--out", tmp_path / "p")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == sorted(str(path) for path in (tmp_path / "p").iterdir())
    assert f"tensorboard --logdir {tmp_path / 'p'}" in result.stderr


def test_json_holds_the_paths_and_nothing_else(run: Run, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    out = tmp_path / "sub" / "points.parquet"
    result = call(run.path, "--to", "parquet", "--out", out, "--json")
    assert json.loads(result.stdout) == {"to": "parquet", "paths": [str(out)]}
    assert out.is_file()


def test_the_file_is_named_after_the_run(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert call(run.path, "--to", "projector").exit_code == 0
    assert (tmp_path / "run-projector" / "tensors.tsv").is_file()


def test_a_second_export_is_refused_and_a_wrong_format_is_wrong_usage(
    run: Run, tmp_path: Path
) -> None:
    assert call(run.path, "--to", "projector", "--out", tmp_path / "p").exit_code == 0
    again = call(run.path, "--to", "projector", "--out", tmp_path / "p")
    assert isinstance(again.exception, RunError)
    assert "exists already" in str(again.exception)
    assert call(run.path, "--to", "csv").exit_code == 2
    assert call(run.path).exit_code == 2
