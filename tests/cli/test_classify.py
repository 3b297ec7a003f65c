"""`latens classify` as a user meets it."""

import csv
import json
import re
from pathlib import Path

import numpy as np
import pytest

from latens.applications.classify.comparison import compare_few_labels
from latens.data import load
from latens.models import Autoencoder
from latens.networks import MLP
from latens.runs import Run
from latens.studies import check_study, run_study
from latens.studies.preparation import prepare
from latens.training import Trainer


@pytest.fixture(scope="session")
def trained(tmp_path_factory) -> Path:
    """A finished run on the digits."""
    model = {"latent_dim": 16, "trainer": {"max_epochs": 3}}
    content = {"data": {"source": "digits"}, "models": [model]}
    folder = tmp_path_factory.mktemp("classify") / "digits"
    return run_study(check_study(content, "test"), folder).path


@pytest.fixture
def labels(tmp_path) -> Path:
    """Five labels of each digit in words, with headings."""
    digits = load("digits", "all")
    rows = [row for code in range(10) for row in np.flatnonzero(digits.y == code)[:5]]
    path = tmp_path / "labels.csv"
    lines = [f"{row},digit {digits.y[row]}" for row in rows]
    path.write_text("\n".join(["item,label", *lines]) + "\n")
    return path


def test_a_file_of_labels_gives_every_sample_a_class(latens_cli, trained, labels):
    code, out, err = latens_cli(
        "classify", trained, "--labels", labels, "--method", "propagation", "--json"
    )
    assert code == 0, err
    assert "item,label, was taken for headings" in err
    done = json.loads(out)
    assert done["labels"] == 50
    rows = list(csv.DictReader(Path(done["out"]).read_text().splitlines()))
    digits = load("digits", "all")
    assert [row["row"] for row in rows] == [str(number) for number in range(len(digits))]
    right = np.mean([row["label"] == f"digit {y}" for row, y in zip(rows, digits.y, strict=True)])
    assert right > 0.8
    assert sum(row["given"] == "1" for row in rows) == 50
    assert all(0 <= float(row["probability"]) <= 1 for row in rows)
    use = Run.open(trained).read_findings()["classify"]
    assert "50 labels" in use.sentence
    assert use.mosaics[0].images.dtype == np.uint8


def test_without_a_file_hidden_labels_score(latens_cli, trained):
    arguments = ("--per-class", 5, "--draws", 2, "--method", "propagation", "--json")
    code, out, err = latens_cli("classify", trained, *arguments)
    assert code == 0, err
    errors = json.loads(out)["errors"]
    assert {"SVM on raw values", "SVM on PCA-50", "propagation on codes"} <= set(errors)
    assert {"propagation on raw values", "propagation on PCA-50"} <= set(errors)
    assert all(len(row["draws"]) == 2 for row in errors.values())
    compared = json.loads(out)["compared"]
    floors = {name: row["mean"] for name, row in errors.items() if "codes" not in name}
    assert compared["method"] == "propagation on codes"
    assert compared["baseline"] == min(floors, key=floors.get)
    assert compared["interval"][0] < compared["advantage"] < compared["interval"][1]
    assert "scored with labels, mean of 2 draws" in json.loads(out)["note"]
    assert Run.open(trained).read_findings()["classify"].tables[0].rows


def test_other_data_are_classified_by_the_same_encoder(latens_cli, trained, tmp_path):
    rng = np.random.default_rng(0)
    truth = np.arange(90) % 3
    X = (80 * truth[:, None, None] + rng.integers(0, 40, (90, 8, 8))).astype(np.uint8)
    np.savez(tmp_path / "other.npz", X=X, y=truth)
    code, out, err = latens_cli(
        "classify", trained, "other.npz", "--per-class", 4, "--method", "probe", "--json"
    )
    assert code == 0, err
    assert json.loads(out)["data"] == "other"
    assert "trained on other data" in Run.open(trained).read_findings()["classify"].sentence


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("0,a\n5000,b\n", "line 2: digits has no item '5000'.*row number from 0 to 1796"),
        ("0,a\n0,b\n", "line 2: '0' is 'a' further up and 'b' here"),
        ("0\n1\n", "line 1, must be an item and its label"),
        ("", "All labels are missing"),
        pytest.param(f"0,a\n{'9' * 5000},b\n", "line 2: digits has no item '999", id="digits"),
        ("0,a\n1,a\n", "at least 2 classes"),
    ],
)
def test_files_of_labels_that_cannot_be_used(latens_cli, trained, tmp_path, content, words):
    (tmp_path / "bad.csv").write_text(content)
    code, out, err = latens_cli("classify", trained, "--labels", "bad.csv", "--out", "x.csv")
    assert code == 1
    assert out == ""
    last = err.strip().splitlines()[-1]
    assert last.startswith("latens: error: ")
    assert re.search(words, last), last
    assert not (tmp_path / "x.csv").exists()


def test_nothing_is_overwritten_unasked(latens_cli, trained, labels, tmp_path):
    (tmp_path / "kept.csv").write_text("mine")
    code, _, err = latens_cli("classify", trained, "--labels", labels, "--out", "kept.csv")
    assert code == 1
    assert "exists already" in err
    assert (tmp_path / "kept.csv").read_text() == "mine"
    assert latens_cli("classify", trained, "--labels", labels, "--out", "kept.txt")[0] == 2


def test_data_without_labels_need_a_file(latens_cli, trained, tmp_path):
    np.save(tmp_path / "plain.npy", np.zeros((30, 8, 8), np.uint8))
    code, _, err = latens_cli("classify", trained, "plain.npy")
    assert code == 1
    assert "Give a few in a file with --labels" in err


def test_a_label_of_minus_one_is_none(latens_cli, trained, labels):
    labels.write_text(labels.read_text() + "1700,-1\n1701,-1\n")
    code, out, err = latens_cli(
        "classify", trained, "--labels", labels, "--method", "probe", "--json"
    )
    assert code == 0, err
    assert json.loads(out)["labels"] == 50
    assert "-1" not in json.loads(out)["classes"]


def test_the_held_out_samples_are_those_of_the_run(latens_cli, tmp_path):
    rng = np.random.default_rng(0)
    kinds = np.arange(80) % 2
    rows = [
        f"{a},{b},{'xy'[kind]}"
        for (a, b), kind in zip(rng.normal(size=(80, 2)), kinds, strict=True)
    ]
    (tmp_path / "table.csv").write_text("\n".join(["a,b,kind", *rows]) + "\n")
    quick = Trainer(max_epochs=1, callbacks=(), device="cpu")
    settings = {"source": str(tmp_path / "table.csv"), "label_column": "kind"}
    study = {"data": {**settings, "test_fraction": 0.3}, "models": [{"name": "ae"}], "seed": 5}
    prepared = prepare(check_study(study, "run"))
    run = Run.create(tmp_path / "run")
    data = {"fingerprint": prepared.fingerprint}
    run.write_info(study=study, data=data, status="finished")
    run.model_path("ae").parent.mkdir(parents=True)
    model = Autoencoder(2, network=MLP((8,)), trainer=quick).fit(prepared.train.X)
    model.save(run.model_path("ae"))
    code, out, err = latens_cli("classify", "run", "--per-class", 5, "--method", "probe", "--json")
    assert code == 0, err
    assert json.loads(out)["held_out"] == 24
    y = prepared.train.y
    expected = compare_few_labels(
        model,
        (prepared.train.X, y),
        (prepared.test.X, prepared.test.y),
        per_class=5,
        methods=("probe",),
    )
    found = json.loads(out)["errors"]["SVM on raw values"]["mean"]
    assert found == expected[0].mean
    use = Run.open("run").read_findings()["classify"]
    assert "a linear probe of codes misclassifies" in use.sentence
    assert "the best of 6 baselines without codes" in use.sentence
