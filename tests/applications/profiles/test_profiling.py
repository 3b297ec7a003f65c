"""Profiles of clusters that are known, in the user's units, and the table of their samples."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from latens._identity import Identity
from latens.applications import cluster_table, profile_clusters
from latens.data.own_columns import own_columns
from latens.exceptions import RunError
from latens.runs import Run

N = 120
# Rows 0 to 39 are cluster 0, 40 to 117 cluster 1, and two are alone.
CLUSTERS = np.repeat([0, 1, 2], [40, 78, 2])


def table() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    is_odd = CLUSTERS == 0
    frame = pd.DataFrame(
        {
            "customer": [f"C-{at}" for at in range(N)],
            "returns": np.where(is_odd, 9, rng.integers(0, 3, N)),
            "spent": np.where(is_odd, 250.5, 80.25) + rng.integers(0, 4, N),
            "joined": np.where(is_odd, "2024-08-01", "2021-05-01"),
            "region": np.where(is_odd & (np.arange(N) % 4 > 0), "west", rng.choice(list("ab"), N)),
            "newsletter": rng.random(N) < np.where(is_odd, 0.1, 0.9),
            "rating": np.where(is_odd & (np.arange(N) % 2 > 0), np.nan, rng.integers(1, 6, N)),
            "chance": rng.normal(size=N),
            "churn": np.where(is_odd, "yes", "no"),
        }
    )
    return frame


def made(path: Path, *, labels: bool = False, images: bool = False) -> Run:
    run = Run.create(path)
    uses = {"customer": "left out: identifiers", "churn": "labels, which only score"}
    study = {"data": {"source": "x.csv"}, "models": [{"name": "autoencoder"}]}
    names = ["no", "yes"] if labels else None
    shape = [4, 4] if images else [3]
    run.write_info(
        status="complete",
        study=study,
        data={"sample_shape": shape, "names": names, "fingerprint": "x"},
    )
    part = (np.arange(N) % 5 == 0).astype(np.uint8)
    run.write_identity(Identity(np.arange(N) * 2, None, part))
    if not images:
        run.write_columns(own_columns(table(), uses))
    codes = CLUSTERS[:, None] * 10.0 + np.linspace(0, 1, N)[:, None] ** 2
    for name, code in (("train", 0), ("test", 1)):
        places = np.flatnonzero(part == code)
        run.write_array(f"scored_{name}", places)
        run.write_array(f"clusters_autoencoder_{name}", CLUSTERS[places])
        run.write_array(f"codes_autoencoder_{name}", codes[places])
        if labels:
            run.write_array(f"y_{name}", (CLUSTERS[places] == 0).astype(np.int64))
    run.model_path("autoencoder").mkdir(parents=True)
    return run


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return made(tmp_path / "run")


def test_a_cluster_is_told_by_the_columns_that_set_it_apart(run: Run) -> None:
    profiles = profile_clusters(run)
    assert [one.size for one in profiles.clusters] == [78, 40, 2]
    odd = next(one for one in profiles.clusters if one.cluster == 0)
    assert (odd.n_held_out, odd.n_trained_on) == (8, 32)
    found = {(one.column, one.kind): one for one in odd.differences}
    frame, is_odd = table(), CLUSTERS == 0
    returns = found["returns", "number"]
    assert returns.effect == 1
    assert (returns.here_words, returns.others_words) == (
        *("9", f"{frame['returns'][~is_odd].median():.0f}"),
    )
    spent = found["spent", "number"]
    assert spent.here == frame["spent"][is_odd].median()
    assert spent.others_range == tuple(frame["spent"][~is_odd].quantile([0.25, 0.75]))
    assert found["joined", "date"].sentence == "joined: 2024-08-01, others 2021-05-01"
    region = found["region", "text"]
    assert (region.level, region.here, region.others) == ("west", 0.75, 0.0)
    assert region.lift is None
    newsletter = found["newsletter", "truth"]
    assert newsletter.here == pytest.approx(frame["newsletter"][is_odd].mean())
    assert newsletter.effect < -0.5
    gap = found["rating", "gap"]
    assert (gap.here_words, gap.others_words, gap.effect) == ("50 %", "0 %", 0.5)
    # What says nothing, and what names the rows, is left out.
    assert not {"chance", "customer"} & {one.column for one in odd.differences}
    sizes = [abs(one.effect) for one in odd.differences]
    assert sizes == sorted(sizes, reverse=True)


def test_names_are_made_of_columns_and_never_of_labels_that_stand_among_them(run: Run) -> None:
    names = {one.cluster: one for one in profile_clusters(run).clusters}
    assert names[0].name == "high returns, high spent"
    assert names[0].name_from == "columns"
    labels = [one for one in names[0].differences if one.column == "churn"]
    assert [one.is_label for one in labels] == [True]
    assert names[1].name == "low spent, early joined" or "low returns" in names[1].name
    assert (names[2].name, names[2].differences) == ("rows 236, 238", [])


def test_where_there_are_labels_they_name_clusters_and_it_is_said(tmp_path: Path) -> None:
    found = {
        one.cluster: one for one in profile_clusters(made(tmp_path / "r", labels=True)).clusters
    }
    assert (found[0].name, found[0].name_from, found[0].label_share) == ("yes", "labels", 1.0)
    assert (found[1].name, found[2].name) == ("no", "no (2)")


def test_the_samples_in_the_middle_and_at_the_rim_are_those_of_the_codes(run: Run) -> None:
    odd = next(one for one in profile_clusters(run).clusters if one.cluster == 0)
    codes = np.linspace(0, 1, N)[:40] ** 2
    order = np.argsort(np.abs(codes - codes.mean()))
    assert odd.nearest == order[:6].tolist()
    assert odd.farthest == order[::-1][:6].tolist()


def test_profiles_come_back_from_the_run(run: Run) -> None:
    profiles = profile_clusters(run)
    assert run.profiles is None
    run.write_profiles(profiles)
    assert Run.open(run.path).profiles == profiles
    frame = profiles.frame()
    assert len(frame) == sum(len(one.differences) for one in profiles.clusters)
    assert frame.set_index(["cluster", "column"]).loc[(0, "joined"), "here"] == "2024-08-01"
    content = run.read("profiles")
    content["clusters"][0]["differences"][0]["effect"] = 7
    run.write("profiles", content)
    with pytest.raises(RunError, match=r"profiles.json.*effect"):
        run.profiles  # noqa: B018


def test_the_table_of_samples_has_rows_clusters_and_the_users_columns(run: Run) -> None:
    frame = cluster_table(run, profile_clusters(run))
    assert list(frame.columns) == ["row", "part", "cluster", "name", *table().columns]
    assert frame["row"].tolist() == (np.arange(N) * 2).tolist()
    assert frame["cluster"].tolist() == CLUSTERS.tolist()
    assert frame["customer"].tolist() == table()["customer"].tolist()
    assert frame["name"][0] == "high returns, high spent"


def test_images_have_profiles_without_columns(tmp_path: Path) -> None:
    profiles = profile_clusters(made(tmp_path / "run", images=True))
    assert profiles.n_columns == 0
    assert [one.name for one in profiles.clusters] == ["cluster 1", "cluster 0", "rows 236, 238"]


def test_clusters_that_are_not_those_of_the_samples_are_refused(run: Run) -> None:
    run.write_array("clusters_autoencoder_test", np.array([0, 1]))
    with pytest.raises(RunError, match="are not those of the samples"):
        profile_clusters(run)
    run.write_array("clusters_autoencoder_test", np.full(24, -3))
    with pytest.raises(RunError, match="are not those of the samples"):
        profile_clusters(run)
