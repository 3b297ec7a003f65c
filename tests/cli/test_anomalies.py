"""`latens anomalies` as people use it: a table, new rows, a run, and what must be refused."""

import json
import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from latens.models import Autoencoder
from latens.networks import MLP
from latens.runs import Run
from latens.training import Trainer


def latens(*arguments: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "latens", *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def call(latens_cli):
    """Run `latens anomalies` in this process."""
    return partial(latens_cli, "anomalies")


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A table whose row 7 has an amount far beyond the others, and new rows like it."""
    path, rng = tmp_path_factory.mktemp("tables"), np.random.default_rng(0)
    table = pd.DataFrame(
        {
            "amount": rng.lognormal(3, 0.3, 200),
            "age": rng.integers(18, 80, 200),
            "color": rng.choice(["red", "blue"], 200),
            "class": 0,
        }
    )
    table.loc[7, "amount"] = 900.0
    table.to_csv(path / "table.csv", index=False)
    new = table.head(20).copy()
    new.loc[3, "color"] = "purple"
    new.to_csv(path / "new.csv", index=False)
    new.drop(columns="age").to_csv(path / "narrow.csv", index=False)
    new.head(0).to_csv(path / "empty.csv", index=False)
    new.head(1).to_csv(path / "one.csv", index=False)
    new.assign(age=np.nan).to_csv(path / "missing.csv", index=False)
    trained = latens("anomalies", "table.csv", "--save", "detector", "--json", folder=path)
    assert trained.returncode == 0, trained.stderr
    (path / "answer.json").write_text(trained.stdout)
    return path


def test_a_table_alone_is_enough(folder):
    answer = json.loads((folder / "answer.json").read_text())
    assert answer["samples"] == 200
    assert 1 <= answer["anomalies"] <= 20
    assert answer["oddest"][0]["row"] == 7
    assert answer["oddest"][0]["reason"].startswith("amount = 900 (usually ")
    written = pd.read_csv(folder / "anomalies.csv")
    own = pd.read_csv(folder / "table.csv")
    ours = ["row", "anomaly", "rank", "decision", "reason"]
    assert list(written.columns) == [*ours, *own.columns]
    pd.testing.assert_frame_equal(written[own.columns], own.iloc[written["row"]])
    assert written["anomaly"].sum() == answer["anomalies"]
    assert sorted(written["rank"]) == list(range(1, 201))
    assert (written["anomaly"] == (written["decision"] < 0)).all()


def test_new_rows_and_a_category_that_was_never_seen(folder, monkeypatch, call):
    monkeypatch.chdir(folder)
    code, out, err = call("detector", "new.csv", "--out", "new-anomalies.csv", "--top", "2")
    assert code == 0, err
    assert "Categories that were not learned from: 'color=purple'" in err
    assert "color = a level never seen" in out
    assert set(pd.read_csv(folder / "new-anomalies.csv").query("rank <= 2")["row"]) == {3, 7}


def test_a_gap_in_a_column_that_had_none_is_filled_and_said(folder, monkeypatch, call):
    monkeypatch.chdir(folder)
    code, _, err = call("detector", "missing.csv", "--out", "gaps.csv")
    assert code == 0, err
    assert "Column 'age' has missing cells, but had none when it was learned from" in err
    assert np.isfinite(pd.read_csv(folder / "gaps.csv")["decision"]).all()


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("detector", "narrow.csv"), 1, "lacks 'age'"),
        (("empty.csv",), 1, "has no samples"),
        (("one.csv",), 1, "at least 2 samples"),
        (("no-such-file.csv",), 1, "neither a file"),
        (("table.csv", "--contamination", "0.7"), 2, "(0, 0.5]"),
        (("table.csv", "--out", "x.txt"), 2, ".csv, .parquet"),
        (("detector", "new.csv", "--epochs", "3"), 2, "trained already"),
        (("detector", "new.csv", "--contamination", "0.1"), 2, "--contamination: 'detector' is"),
        (
            ("detector", "new.csv", "--model", "VAE", "--seed", "1"),
            2,
            "--model, --seed: 'detector'",
        ),
        (("detector",), 2, "no data of its own"),
        (("table.csv", "--save", ".", "--overwrite"), 1, "holds no detector"),
        (("table.csv", "--model", "Nothing"), 2, "no kind of model"),
    ],
)
def test_bad_input_ends_in_one_line_and_writes_nothing(
    folder, monkeypatch, call, arguments, status, words
):
    out = () if "--out" in arguments else ("--out", "never.csv")
    monkeypatch.chdir(folder)
    code, _, said = call(*arguments, *out)
    assert code == status, said
    assert words in " ".join(said.replace("│", " ").split())
    assert "fault of latens" not in said
    assert not (folder / "never.csv").exists()


def done(outcome: tuple[int, str, str]) -> str:
    """What was printed, if all went well."""
    code, answer, said = outcome
    assert code == 0, said
    return answer


def test_one_new_row_is_scored_as_it_is_among_others(folder, monkeypatch, call):
    monkeypatch.chdir(folder)
    rows = pd.read_csv("new.csv")
    rows.iloc[[3]].to_csv("third.csv", index=False)
    decisions = []
    for name in ("new.csv", "third.csv"):
        done(call("detector", name, "--out", f"found-in-{name}", "--json"))
        decisions.append(pd.read_csv(f"found-in-{name}")["decision"])
    assert len(decisions[1]) == 1
    assert decisions[1][0] == pytest.approx(decisions[0][3], rel=1e-5)


def test_reasons_speak_of_what_the_detector_learned_from(folder, monkeypatch, call):
    pd.read_csv(folder / "new.csv").assign(amount=500.0).to_csv(folder / "high.csv", index=False)
    monkeypatch.chdir(folder)
    answer = done(call("detector", "high.csv", "--out", "high-found.csv", "--json"))
    usual = [odd["reason"] for odd in json.loads(answer)["oddest"] if "amount" in odd["reason"]]
    assert usual
    assert not any("usually 500" in reason for reason in usual)


def test_as_many_are_explained_as_are_printed(folder, monkeypatch, call):
    monkeypatch.chdir(folder)
    answer = done(call("detector", "table.csv", "--top", 150, "--out", "t.csv", "--json"))
    assert len(json.loads(answer)["oddest"]) == 150


def test_a_run_of_a_table_with_labels_reads_others_as_its_own(tmp_path, call, rng):
    """Its own data have the column of labels, new ones need not."""
    table = pd.DataFrame(rng.normal(size=(60, 3)), columns=list("abc"))
    table.to_csv(tmp_path / "bare.csv", index=False)
    table.assign(kind=["x", "y"] * 30).to_csv(tmp_path / "table.csv", index=False)
    settings = {"source": str(tmp_path / "table.csv"), "label_column": "kind"}
    quick = Trainer(max_epochs=1, callbacks=(), device="cpu")
    model = Autoencoder(2, network=MLP((8,)), trainer=quick).fit(table.to_numpy())
    made_run(tmp_path, model, settings, ["a", "b", "c"])
    code, _, said = call("run/models/ae", "bare.csv", "--model", "ae")
    assert code == 2, said
    for number, data in enumerate(([], ["bare.csv"], ["table.csv"])):
        out = ("--out", f"{number}.csv", "--json")
        assert json.loads(done(call("run", *data, *out)))["samples"] == 60
    # How its own data are read is settled.
    for flag, value in (("--keep", "a"), ("--missing", "drop"), ("--label-column", "kind")):
        code, _, said = call("run", flag, value, "--out", "refused.csv")
        assert code == 2
        assert f"{flag}: " in said


def test_a_run_of_padded_grey_images_reads_others_as_its_own(tmp_path, call, digits):
    np.save(tmp_path / "color.npy", np.repeat(digits[:60, :, :, None], 3, axis=3))
    settings = {"source": str(tmp_path / "color.npy"), "grey": True, "pad": 1}
    model = Autoencoder(2, network=MLP((8,)), trainer=Trainer(1, callbacks=(), device="cpu"))
    made_run(tmp_path, model.fit(np.pad(digits[:60], [(0, 0), (1, 1), (1, 1)])), settings)
    np.save(tmp_path / "other.npy", np.repeat(digits[60:100, :, :, None], 3, axis=3))
    assert "anomalies.csv" in done(call("run"))
    assert "of 40 samples" in done(call("run", "other.npy", "--out", "o.csv"))


def made_run(
    folder: Path, model: Autoencoder, data: dict[str, object], names: list[str] | None = None
) -> Run:
    """A run as `latens run` leaves it, made by hand to save its training."""
    run = Run.create(folder / "run")
    study = {"data": data, "models": [{"name": "ae"}]}
    run.write_info(study=study, data={"feature_names": names}, status="finished")
    run.model_path("ae").parent.mkdir(parents=True, exist_ok=True)
    model.save(run.model_path("ae"))
    return run


def test_nothing_is_overwritten_unasked(folder, monkeypatch, call):
    monkeypatch.chdir(folder)
    code, _, said = call("table.csv")
    assert code == 1
    assert "--overwrite" in said


def test_a_run_keeps_what_was_found(tmp_path, digits, call):
    data = digits[:200].copy()
    data[5, 5:, :3] = 16
    np.save(tmp_path / "images.npy", data)
    quick = Trainer(max_epochs=3, callbacks=(), device="cpu")
    model = Autoencoder(4, network=MLP((16,)), trainer=quick, random_state=0).fit(digits[:200])
    run = made_run(tmp_path, model, {"source": str(tmp_path / "images.npy")})
    code, _, err = call("run", "--contamination", "0.05")
    assert code == 0, err
    use = run.read_findings()["anomalies"]
    assert use.sentence.startswith("10 of 200 samples")
    assert "5" in [row[0] for row in use.tables[0].rows]
    assert use.mosaics[0].images.shape == (3, 12, 8, 8)


def test_other_scores_stand_beside_with_their_auroc_where_labels_are_known(
    folder, monkeypatch, call
):
    table = pd.read_csv(folder / "table.csv").drop(columns="class")
    rows = pd.concat([table, table.head(6).assign(amount=2000.0)])
    rows["state"] = ["fine"] * 200 + ["broken"] * 6
    rows.to_csv(folder / "labeled.csv", index=False)
    monkeypatch.chdir(folder)
    answer = json.loads(
        done(call("detector", "labeled.csv", "--label-column", "state", "--out", "l.csv", "--json"))
    )
    beside = {one["score"]: one for one in answer["beside"]}
    assert list(beside) == [
        "AnomalyDetector",
        "neighbors only",
        "autoencoder only",
        "PCA residual",
        "PCA Mahalanobis",
    ]
    assert beside["AnomalyDetector"]["auroc"] > 0.95
    assert beside["AnomalyDetector"]["shared"] == answer["anomalies"]
    unlabeled = json.loads(done(call("detector", "new.csv", "--out", "u.csv", "--json")))
    assert {one["auroc"] for one in unlabeled["beside"]} == {None}


def test_samples_of_another_kind_are_said_to_be(folder, monkeypatch, call):
    table = pd.read_csv(folder / "table.csv")
    table.assign(amount=500.0).to_csv(folder / "other.csv", index=False)
    monkeypatch.chdir(folder)
    words = " ".join(done(call("detector", "other.csv", "--out", "other-found.csv")).split())
    assert "Alert: 100 % of these samples lie beyond a line that 1 % of normal samples" in words
    own = done(call("detector", "table.csv", "--out", "own-found.csv"))
    assert "Alert" not in own
