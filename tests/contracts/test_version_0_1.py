"""What latens 0.1 has saved opens, and answers as it did then."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

import latens
from latens import models
from latens.applications import Recommender, SimilarityIndex, load_denoiser, load_detector
from latens.applications.own_data import load_own_data
from latens.applications.recommend import kinds
from latens.explorer import IN_A_FILE, write_explorer
from latens.explorer.reading import read_exploration
from latens.reports import write_report
from latens.runs import Run
from latens.studies import resume_study

SAVED = Path(__file__).parent.parent / "fixtures" / "v0_1"


@pytest.fixture(scope="module")
def answers():
    with np.load(SAVED / "answers.npz") as file:
        return dict(file)


@pytest.fixture
def runs(tmp_path, monkeypatch):
    """A copy of the runs, beside their data."""
    for part in ("runs", "data"):
        shutil.copytree(SAVED / part, tmp_path / part)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "runs"


def names_of(part: str) -> list[str]:
    found = sorted(path.name for path in (SAVED / part).iterdir())
    assert found
    return found


def test_a_model_of_every_kind_is_there():
    assert set(names_of("models")) == {*models.__all__, "images"}
    assert set(names_of("recommenders")) == set(kinds.KINDS)


@pytest.mark.parametrize("name", names_of("models"))
def test_a_model_gives_the_codes_it_gave(name, answers):
    model = latens.load_model(SAVED / "models" / name)
    X = answers["images" if name == "images" else "table"]
    assert_allclose(model.transform(X), answers[f"codes of {name}"], atol=1e-5)


@pytest.mark.parametrize("name", names_of("detectors"))
def test_a_detector_gives_the_scores_it_gave(name, answers):
    detector = load_detector(SAVED / "detectors" / name)
    scores = detector.score_samples(answers[name])
    assert_allclose(scores, answers[f"scores of {name}"], rtol=1e-4)


@pytest.mark.parametrize("name", names_of("denoisers"))
def test_a_denoiser_gives_the_images_it_gave(name, answers):
    denoiser = load_denoiser(SAVED / "denoisers" / name)
    cleaned = denoiser.transform(answers["squares"][:4])
    assert_allclose(cleaned, answers[f"denoised by {name}"], atol=1e-2)


@pytest.mark.parametrize("name", names_of("recommenders"))
def test_a_recommender_gives_the_items_it_gave(name, answers):
    recommender = Recommender.load(SAVED / "recommenders" / name)
    items = recommender.recommend_to_items(["3", "5"], 5).frame()["item"]
    assert items.tolist() == answers[f"items of {name}"].tolist()


@pytest.mark.parametrize("name", names_of("indexes"))
def test_an_index_gives_the_distances_it_gave(name, answers):
    if name == "approximate":
        pytest.importorskip("voyager", reason="voyager is not installed")
    index = SimilarityIndex.load(SAVED / "indexes" / name)
    found = index.search(answers[f"queries of {name}"], k=3)
    assert_allclose(found.distances, answers[f"distances of {name}"], atol=1e-6)


@pytest.mark.parametrize("name", ["table", "images"])
def test_a_run_gives_report_and_explorer(name, runs):
    run = Run.open(runs / name)
    assert write_report(run).stat().st_size > 100_000
    assert write_explorer(run, runs / "explorer.html").stat().st_size > 50_000
    _, folder = run.trained_model()
    assert latens.load_model(folder).latent_dim == 2


@pytest.mark.parametrize("name", ["table", "images"])
def test_a_run_is_told_which_rows_of_the_data_it_held_out(name, runs):
    run = Run.open(runs / name)
    known, data = run.identity, load_own_data(run)
    places = known.to_places(run.array("example_rows"))
    np.testing.assert_allclose(data.X[places], run.array("examples_original"))
    assert known.label(places[0]).endswith("held out)")
    assert data.part.tolist() == known.part.tolist()
    rows = read_exploration(run, IN_A_FILE).rows
    assert rows.tolist() == known.to_places(run.array("map_rows")).tolist()
    if name == "images":
        files = [known.ids[place] for place in rows]
        assert files == [data.item_names[place] for place in rows]


def test_a_run_of_recommend_gives_a_report(runs):
    assert write_report(Run.open(runs / "events")).is_file()


def test_a_run_that_was_cut_off_goes_on(runs):
    assert (runs / "cut" / "checkpoints").is_dir()
    run = resume_study(runs / "cut")
    assert run.info.status == "complete"
    epochs = run.read("histories")["autoencoder"]["0"]["epochs"]
    assert [epoch["number"] for epoch in epochs] == [1, 2, 3, 4]
