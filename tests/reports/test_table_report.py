"""A run of a table of mixed columns on its page: in the user's columns, never in features."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from latens.reports import write_report
from latens.runs import Run
from latens.studies import check_study, run_study


@pytest.fixture(scope="module")
def table_run(tmp_path_factory) -> Run:
    folder = tmp_path_factory.mktemp("table")
    rng = np.random.default_rng(0)
    plan = rng.choice(["basic", "plus"], 90)
    table = pd.DataFrame(
        {
            "orders": rng.poisson(np.where(plan == "plus", 8, 3)),
            "plan": plan,
            "age": rng.normal(40, 9, 90).round(),
            "joined": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 90, 90), "D"),
        }
    )
    table.loc[::8, "age"] = np.nan
    table.to_csv(folder / "table.csv", index=False)
    model = {"latent_dim": 2, "network": "mlp", "network_parameters": {"hidden": [8]}}
    settings = {
        "data": {"source": str(folder / "table.csv")},
        "models": [model | {"trainer": {"max_epochs": 3}}],
        "clusters": 2,
    }
    run_study(check_study(settings, "a test"), folder / "run")
    return Run.open(folder / "run")


def test_every_column_has_its_error_beside_pca(table_run):
    cells = table_run.cells
    assert [one.name for one in cells.columns] == ["orders", "plan", "age", "joined"]
    assert all(set(one.errors) == {"pca-2", "autoencoder"} for one in cells.columns)
    assert next(one.gaps for one in cells.columns if one.name == "age") > 0
    metrics = {name for row in table_run.results.rows for name in row.measured}
    assert {"cell_error", "number_r2", "category_accuracy"} <= metrics


def test_rows_are_shown_in_the_columns_of_the_user(table_run):
    page = Path(write_report(table_run)).read_text(encoding="utf-8")
    visible = page.partition("<script")[0]
    assert "What the dimensions of autoencoder tell of the columns" in visible
    assert "A held-out row, reconstructed best" in visible
    assert "plan=basic" not in visible


def test_what_was_understood_of_the_columns_is_in_the_run(table_run):
    data = json.loads((table_run.path / "run.json").read_text())["data"]
    kinds = [column["kind"] for column in data["table"]["columns"]]
    assert kinds == ["number", "category", "number", "date"]
