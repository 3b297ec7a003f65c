"""From a run to the customers behind a cluster, and from a folder to its files, as the guide says."""

import csv
import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from latens.applications import cluster_table, profile_clusters
from latens.explorer import write_explorer
from latens.runs import ClusterProfile, Run

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "guides" / "from-a-finding-to-the-data.md"


def odd_cluster(run: Run) -> ClusterProfile:
    """The cluster that differs most in what its customers send back."""
    profiles = profile_clusters(run).clusters

    def effect(one: ClusterProfile) -> float:
        return max((each.effect for each in one.differences if each.column == "returns"), default=0)

    return max(profiles, key=effect)


def planted(table: pd.DataFrame) -> pd.Series:
    """The customers whom the maker of the table has planted, by what he has given them."""
    sends_back = (table["returns"] >= table["orders"] - 2) & (table["orders"].between(8, 11))
    return sends_back & (table["payment"] == "invoice") & (table["joined"] >= "2024-08-01")


def test_the_odd_cluster_is_found_by_its_profile_and_joined_by_id(
    customers_run, customers_csv, latens_cli, tmp_path
) -> None:
    code, out, err = latens_cli("clusters", customers_run.path, "--out", "clusters.csv")
    assert code == 0, err
    profile = odd_cluster(customers_run)
    assert profile.name in out
    assert "returns: " in profile.words
    customers = pd.read_csv(customers_csv)
    clusters = pd.read_csv(tmp_path / "clusters.csv")
    odd = clusters[clusters["name"] == profile.name]
    found = customers.merge(odd[["customer_id", "name"]], on="customer_id")
    assert len(found) == len(odd) > 15
    assert found["customer_id"].tolist() == customers.loc[odd["row"], "customer_id"].tolist()
    assert planted(found).mean() > 0.95
    among = customers.loc[clusters["row"]]
    # Of so short a training; of a whole one nine in ten.
    assert planted(found).sum() > 0.6 * planted(among).sum()


@pytest.mark.browser
def test_a_cluster_selected_in_the_explorer_is_saved_with_the_columns_and_joined(
    customers_run, customers_csv, browser, tmp_path
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    page = context.new_page()
    page.goto(write_explorer(customers_run, tmp_path / "explorer.html").as_uri())
    page.wait_for_selector("#latens-explorer")
    page.wait_for_timeout(300)
    page.get_by_role("tab", name="Groups").click()
    profile = odd_cluster(customers_run)
    page.get_by_role("button", name=re.compile(rf"^Cluster {profile.cluster}\b")).first.click()
    page.get_by_role("tab", name="Selection").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as CSV").click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    context.close()
    lines = list(csv.DictReader(io.StringIO(text, newline="")))
    table = cluster_table(customers_run, profile_clusters(customers_run))
    in_table = table.loc[table["cluster"] == profile.cluster, "row"]
    assert sorted(int(line["row"]) for line in lines) == sorted(in_table)
    customers = pd.read_csv(customers_csv, dtype=str, keep_default_na=False)
    by_id = customers.set_index("customer_id")
    for line in lines:
        known = by_id.loc[line["customer_id"]]
        assert customers["customer_id"][int(line["row"])] == line["customer_id"]
        for name in ("joined", "region", "plan", "payment", "newsletter", "note"):
            assert line[name] == known[name]
        for name in ("age", "orders", "returns", "rating", "spent"):
            assert (float(line[name]) if line[name] else "") == (
                float(known[name]) if known[name] else ""
            )


def test_the_two_wrong_rows_are_found_by_their_ids(
    customers_run, customer_table, latens_cli, tmp_path
) -> None:
    code, _, err = latens_cli("anomalies", customers_run.path, "--out", "anomalies.csv")
    assert code == 0, err
    ranks = pd.read_csv(tmp_path / "anomalies.csv").set_index("customer_id")["rank"]
    assert ranks[customer_table.HUGE_ORDER] == 1
    assert ranks[customer_table.ODD_PAIR] <= 5


def blocks(text: str) -> list[tuple[str, str]]:
    """The commands of the guide and its Python, in order."""
    return re.findall(r"^```(sh|python)\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)


def test_every_command_of_the_guide_is_one() -> None:
    """Its flags and verbs are there; the slow test runs it as it stands."""
    import typer

    from latens.cli.app import app

    commands = typer.main.get_command(app).commands
    found = [
        line.split()
        for kind, text in blocks(GUIDE.read_text())
        if kind == "sh"
        for line in text.splitlines()
    ]
    for words in found:
        assert words[0] in ("latens", "python")
        if words[0] == "latens":
            options = {name for one in commands[words[1]].params for name in one.opts}
            assert {word for word in words if word.startswith("--")} <= options, words
        else:
            assert (ROOT / words[1]).is_file()


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_the_guide_works_as_it_stands(tmp_path) -> None:
    """Every block, in a folder of its own; the script is found where the repository is."""
    source = {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])}
    program = []
    for kind, text in blocks(GUIDE.read_text(encoding="utf-8")):
        if kind == "python":
            program.append(text)
            continue
        for line in text.splitlines():
            latens = f"{sys.executable} -m latens"
            command = line.replace("python tests", f"{sys.executable} {ROOT}/tests")
            command = re.sub(r"^latens\b", latens, command)
            program.append(f"subprocess.run({command!r}, shell=True, check=True)\n")
    path = tmp_path / "guide.py"
    path.write_text("import subprocess\n" + "".join(program), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, path],
        cwd=tmp_path,
        env=os.environ | source,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3_000:]
    called = pd.read_csv(tmp_path / "to-call.csv")
    assert planted(called).mean() > 0.9
    assert planted(called).sum() > 100
