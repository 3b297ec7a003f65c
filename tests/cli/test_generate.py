"""`latens generate` as a user meets it, on a real run of images and one of a table."""

import json
from functools import partial
from pathlib import Path

import numpy as np
import pandas
import pytest
from PIL import Image

import latens
from latens.applications import ClassMixtureSampler, VariationSampler
from latens.data import load
from latens.models import VAE
from latens.runs import Run
from latens.studies import check_study, run_study
from latens.training import Trainer


@pytest.fixture
def call(latens_cli):
    """Run `latens generate`."""
    return partial(latens_cli, "generate")


@pytest.fixture(scope="session")
def sources(tmp_path_factory) -> Path:
    """The first 200 digits with labels, and a table of 150 rows."""
    folder = tmp_path_factory.mktemp("sources")
    digits = load("digits")
    np.savez(folder / "some.npz", X=digits.X[:200], y=digits.y[:200])
    rng = np.random.default_rng(0)
    table = pandas.DataFrame(rng.normal(size=(150, 3)), columns=["length", "width", "mass"])
    table.to_csv(folder / "table.csv", index=False)
    return folder


def trained(folder: Path, source: Path, *kinds: str) -> Path:
    models = [
        {"name": kind.lower(), "kind": kind, "latent_dim": 2, "trainer": {"max_epochs": 1}}
        for kind in kinds
    ]
    content = {"data": {"source": str(source)}, "models": models, "clusters": 2}
    return run_study(check_study(content, "test"), folder).path


@pytest.fixture(scope="session")
def images(sources, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "images"
    return trained(folder, sources / "some.npz", "Autoencoder", "VAE")


@pytest.fixture(scope="session")
def table(sources, tmp_path_factory) -> Path:
    return trained(tmp_path_factory.mktemp("runs") / "table", sources / "table.csv", "Autoencoder")


def test_images_go_into_a_folder_and_the_report_shows_them(call, images):
    code, out, err = call(images, "--n", 20)
    assert (code, out) == (0, "generated\n")
    assert "20 new samples by autoencoder" in err
    assert "mixture" in err
    assert len(list(Path("generated").glob("[0-9]*.png"))) == 20
    with Image.open("generated/sheet.png") as sheet:
        assert sheet.size == (16 * 9 - 1, 2 * 9 - 1)
    use = Run.open(images).read_findings()["generate"]
    assert "20 new samples" in use.sentence
    assert use.mosaics[0].images.shape == (1, 16, 8, 8)


def test_the_same_seed_writes_the_same_images(call, images):
    for out, seed in (("a", 1), ("b", 1), ("c", 2)):
        assert call(images, "--n", 3, "--seed", seed, "--out", out)[0] == 0
    first, again, other = (Path(out, "sheet.png").read_bytes() for out in "abc")
    assert first == again
    assert first != other


def test_all_models_are_judged_in_one_table_beside_pca_and_real_samples(call, images):
    code, out, _ = call(images, "--n", 4, "--evaluate", "--json")
    assert code == 0
    found = json.loads(out)["evaluation"]
    assert list(found["scores"]) == [
        "autoencoder, mixture",
        "vae, prior",
        "vae, mixture",
        "PCA of 2 dimensions, mixture",
    ]
    assert "labels of" in found["features"]
    assert found["held_out"]["share_closer"] == 0.01
    use = Run.open(images).read_findings()["generate"]
    assert use.tables[0].rows[0][0] == "real held-out samples"
    assert "no FID" in use.tables[0].note
    assert "Scored with labels" in use.tables[0].note
    assert use.mosaics[1].images.shape[:2] == (8, 12)


def test_classes_ways_and_variations(call, images):
    assert call(images, "--class", 3, "--n", 5, "--out", "threes")[0] == 0
    assert len(list(Path("threes").iterdir())) == 6
    assert call(images, "--between", 0, 4, "--out", "between")[0] == 0
    assert len(list(Path("between").iterdir())) == 10
    assert call(images, "--like", 2, "--amount", 0, "--n", 2, "--out", "like")[0] == 0
    original = load(Run.open(images).info.study["data"]["source"]).X
    with Image.open("like/0.png") as image:
        pixels = np.asarray(image)
    # No variation at all gives a held-out image back; digits have values up to 16, images up to 255.
    errors = np.abs(original.astype(float) * (255 / 16) - pixels).reshape(len(original), -1)
    assert errors.max(axis=1).min() < 1.5
    assert {"generate-between", "generate-like"} <= set(Run.open(images).read_findings())


@pytest.mark.parametrize("method", ["variation", "mixture"])
def test_a_labeled_set_is_written_and_its_worth_told(call, images, method):
    code, out, _ = call(images, "--augment", 50, "--method", method, "--json")
    assert code == 0
    found = json.loads(out)
    with np.load("augmented.npz") as written:
        assert written["X"].shape == (50, 8, 8)
        assert np.bincount(written["y"]).tolist() == [5] * 10
    accuracy = found["accuracy"]
    assert accuracy["n_new"] == 50
    assert accuracy["added"] == pytest.approx(accuracy["augmented"] - accuracy["real"])


@pytest.mark.parametrize("sampler", [VariationSampler, ClassMixtureSampler])
def test_new_samples_are_made_of_the_rows_of_the_classifier_alone(
    call, images, monkeypatch, sampler
):
    monkeypatch.setattr("latens.applications.generate.finding._MOST_LABELED", 60)
    known = []
    fit = sampler.fit
    monkeypatch.setattr(
        sampler, "fit", lambda self, model, X, y: known.append(len(X)) or fit(self, model, X, y)
    )
    method = "variation" if sampler is VariationSampler else "mixture"
    code, out, _ = call(images, "--augment", 20, "--method", method, "--json")
    assert code == 0
    assert known == [json.loads(out)["accuracy"]["n_real"]] == [60]


def test_rows_of_a_table_go_into_a_file(call, table):
    assert call(table, "--n", 7)[:2] == (0, "generated.csv\n")
    written = pandas.read_csv("generated.csv")
    assert list(written.columns) == ["length", "width", "mass"]
    assert len(written) == 7
    assert call(table, "--n", 7, "--out", "rows.npz", "--evaluate")[0] == 0
    assert Run.open(table).read_findings()["generate"].tables[0].note.find("scaled values") > 0


def test_a_saved_model_is_enough_where_no_data_are_needed(call, images):
    model = Run.open(images).model_path("vae")
    code, _, err = call(model, "--n", 2)
    assert code == 0
    assert "its prior" in err
    assert call(model, "--between", 0, 1, "--out", "x")[0] == 2
    assert isinstance(latens.load_model(model).sample(1), np.ndarray)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--method", "prior"), 2, "trained without a prior"),
        (("--class", "zebra"), 2, "no class 'zebra'. Known: 0, 1"),
        (("--n", 0), 2, "--n"),
        (("--like", 99999), 2, "There is no row 99999 in the data, which go from row 0 to 199."),
        (("--between", 0, 1, "--like", 2), 2, "Choose one of"),
        (("--between", 0, 1, "--method", "prior"), 2, "no --method"),
        (("--method", "variation"), 2, "--like"),
        (("--amount", 0.5), 2, "only variations"),
        (("--between", 0, 1, "--n", 5), 2, "says how many"),
        (("--augment", 3), 2, "[10, inf). Got 3 instead"),
        (("--model", "gan"), 1, "It has: autoencoder, vae"),
        (("--out", "x.jpg"), 2, "must end in"),
        (("--augment", 50, "--out", "x.csv"), 2, "must end in .npz"),
    ],
)
def test_wrong_use_is_said_in_words_and_writes_nothing(call, images, arguments, code, words):
    ended, out, err = call(images, *arguments)
    assert ended == code
    assert out == ""
    said = " ".join(err.replace("│", " ").split())
    assert words in said
    assert list(Path().iterdir()) == []


def test_what_is_there_stays(call, images):
    assert call(images, "--n", 2)[0] == 0
    code, _, err = call(images, "--n", 2)
    assert code == 1
    assert "exists already" in err
    Path("generated/notes.txt").write_text("mine")
    assert call(images, "--n", 2, "--overwrite")[0] == 1
    assert Path("generated/notes.txt").read_text() == "mine"
    Path("photos").mkdir()
    Image.new("L", (4, 4)).save("photos/1.png")
    assert call(images, "--n", 2, "--out", "photos", "--overwrite")[0] == 1
    assert [one.name for one in Path("photos").iterdir()] == ["1.png"]


def test_samples_of_data_that_have_changed_are_not_drawn_by_class(call, tmp_path):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(60, 3)), np.arange(60) % 2
    np.savez(tmp_path / "data.npz", X=X, y=y)
    run = trained(tmp_path / "run", tmp_path / "data.npz", "Autoencoder")
    np.savez(tmp_path / "data.npz", X=X[::-1], y=y)
    code, _, err = call(run, "--augment", 20)
    assert code == 1
    assert "have changed since it was trained" in " ".join(err.split())


def test_data_without_labels_have_no_classes(call, table):
    for arguments in (("--class", "a"), ("--augment", 20)):
        code, _, err = call(table, *arguments)
        assert code == 1
        assert "no labels" in err


@pytest.fixture(scope="session")
def mixed(tmp_path_factory) -> Path:
    """A saved model of a table of mixed columns with gaps."""
    rng = np.random.default_rng(0)
    plan = np.where(rng.random(90) < 0.2, None, rng.choice(["basic", "plus"], 90))
    table = pandas.DataFrame({"plan": plan, "age": rng.integers(20, 60, 90)})
    model = VAE(2, trainer=Trainer(max_epochs=2), random_state=0).fit(table)
    return model.save(tmp_path_factory.mktemp("models") / "mixed")


def test_rows_of_mixed_columns_are_written_as_they_are_in_the_table(call, mixed):
    assert call(mixed, "--n", 50)[:2] == (0, "generated.csv\n")
    written = pandas.read_csv("generated.csv")
    assert list(written.columns) == ["plan", "age"]
    assert set(written["plan"].dropna()) == {"basic", "plus"}
    assert written["plan"].isna().any()
    assert written["age"].dtype == np.int64
    assert written["age"].between(20, 59).all()
    assert call(mixed, "--n", 50, "--complete", "--out", "all.parquet")[0] == 0
    assert not pandas.read_parquet("all.parquet").isna().any(axis=None)


def test_rows_of_mixed_columns_are_no_arrays_and_other_samples_have_no_gaps(call, mixed, images):
    assert call(mixed, "--out", "rows.npz")[0] == 2
    code, _, err = call(images, "--like", 3, "--complete")
    assert (code, "--like says where there are gaps" in " ".join(err.split())) == (2, True)
    assert call(images, "--complete")[0] == 2
