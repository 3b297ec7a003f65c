"""`latens clusters` on a run on the customer table."""

import json

import pandas as pd


def test_clusters_are_printed_written_and_shown_in_the_report(
    customers_run, customers_csv, latens_cli, tmp_path
):
    code, out, err = latens_cli("clusters", customers_run.path, "--out", "c.csv")
    assert code == 0, err
    assert "what differs most" in out
    table = pd.read_csv(tmp_path / "c.csv").set_index("row")
    customers = pd.read_csv(customers_csv).loc[table.index]
    assert len(table) == 3_000
    assert table["customer_id"].tolist() == customers["customer_id"].tolist()
    pd.testing.assert_series_equal(
        table["spent"], customers["spent"], check_names=False, check_index=False
    )
    code, out, _ = latens_cli("clusters", customers_run.path, "--json", "--out", "p.json")
    found = json.loads(out)
    assert found["clusters"] == json.loads((tmp_path / "p.json").read_text())["clusters"]
    sizes = table["cluster"].value_counts().to_dict()
    assert {
        one["cluster"]: one["n_trained_on"] + one["n_held_out"] for one in found["clusters"]
    } == sizes
    first = found["clusters"][0]["differences"][0]
    here = table["cluster"] == found["clusters"][0]["cluster"]
    if first["kind"] == "text":
        assert first["here"] == (customers[first["column"]][here].dropna() == first["level"]).mean()
    assert latens_cli("report", customers_run.path)[0] == 0
    summary = json.loads((customers_run.path / "report.json").read_text())
    names = [one["name"] for one in summary["sections"]["cluster-profiles"]["clusters"]]
    assert names == [one["name"] for one in found["clusters"]]
    page = (customers_run.path / "report.html").read_text(encoding="utf-8")
    assert "What each cluster is like" in page
    assert names[0] in page


def test_a_run_that_keeps_no_columns_is_profiled_by_its_data(customers_run, latens_cli, tmp_path):
    import shutil

    old = tmp_path / "old"
    shutil.copytree(customers_run.path, old)
    for name in ("columns.json", "columns.safetensors", "profiles.json"):
        (old / name).unlink(missing_ok=True)
    _, wanted, _ = latens_cli("clusters", customers_run.path, "--json")
    code, out, err = latens_cli("clusters", old, "--json")
    assert code == 0, err
    assert json.loads(out)["clusters"] == json.loads(wanted)["clusters"]


def test_other_endings_and_files_that_are_there_are_refused(customers_run, latens_cli, tmp_path):
    assert latens_cli("clusters", customers_run.path, "--out", "c.txt")[0] == 2
    (tmp_path / "c.csv").write_text("mine")
    assert latens_cli("clusters", customers_run.path, "--out", "c.csv")[0] != 0
    assert (tmp_path / "c.csv").read_text() == "mine"
