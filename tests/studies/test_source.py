"""What a use starts from: a run or a saved model, and the data to use it on."""

import numpy as np
import pytest

from latens.applications import find_anomalies
from latens.exceptions import DataError, RunError
from latens.models import Autoencoder, DenoisingAutoencoder
from latens.networks import MLP
from latens.studies import check_study, run_study
from latens.studies.detecting import DetectorSettings, open_detector
from latens.studies.source import Source
from latens.training import Trainer


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A run on a table, and a table of its first rows."""
    folder = tmp_path_factory.mktemp("source")
    rows = np.random.default_rng(0).normal(size=(80, 4)).round(3)
    lines = [",".join("abcd"), *(",".join(map(str, row)) for row in rows)]
    (folder / "t.csv").write_text("\n".join(lines))
    (folder / "other.csv").write_text("\n".join(lines[:30]))
    model = {
        "name": "ae",
        "latent_dim": 2,
        "network": "mlp",
        "network_parameters": {"hidden": [8]},
        "trainer": {"max_epochs": 1},
    }
    study = {"data": {"source": str(folder / "t.csv")}, "models": [model]}
    run_study(check_study(study, "a test"), folder / "run")
    return folder


def test_a_run_knows_its_own_data_by_any_spelling(folder, monkeypatch):
    monkeypatch.chdir(folder)
    source = Source("run")
    assert source.is_own(None)
    assert source.is_own("t.csv")
    assert source.is_own("./run/../t.csv")
    assert not source.is_own("other.csv")


def test_a_model_alone_has_no_data(folder):
    source = Source(folder / "run" / "models" / "ae")
    assert source.is_model
    assert source.study is None
    name, model = source.model()
    assert name == "model"
    with pytest.raises(RunError, match="has no data of its own"):
        source.load(model)
    assert len(source.load_alike(model, str(folder / "other.csv"))) == 29


def test_samples_of_another_shape_are_refused(folder):
    source = Source(folder / "run")
    model = Autoencoder(1, network=MLP((4,)), trainer=Trainer(1, callbacks=()))
    model.fit(np.random.default_rng(0).normal(size=(20, 3)))
    with pytest.raises(DataError, match="have the shape"):
        source.load_alike(model)


def test_parts_of_a_run_are_its_own_and_of_other_data_a_random_fifth(folder):
    source = Source(folder / "run")
    model = source.model()[1]
    train, test = source.load_parts(model)
    assert (len(train), len(test)) == (len(source.prepared.train), len(source.prepared.test))
    train, test = source.load_parts(model, str(folder / "other.csv"))
    assert (len(train), len(test)) == (23, 6)


def test_a_run_without_a_kind_says_how_to_train_one(folder):
    source = Source(folder / "run")
    assert isinstance(source.model_of_kind(Autoencoder), Autoencoder)
    with pytest.raises(RunError, match="--model DenoisingAutoencoder"):
        source.model_of_kind(DenoisingAutoencoder)


def test_a_detector_is_fitted_to_a_run_and_scores_other_data(folder):
    source = Source(folder / "run")
    own = open_detector(source, None, DetectorSettings())
    assert own.is_training_data
    assert not own.is_trained_now
    assert len(own.data) == 80
    other = open_detector(source, str(folder / "other.csv"), DetectorSettings())
    assert not other.is_training_data
    assert len(other.data) == 29
    own.detector.save(folder / "detector")
    saved = open_detector(
        Source(folder / "detector"), str(folder / "other.csv"), DetectorSettings()
    )
    decisions = [
        find_anomalies(one.detector, one.data).frame["decision"].tolist() for one in (other, saved)
    ]
    assert decisions[0] == decisions[1]


def test_a_detector_that_is_trained_says_what_it_learns_from(folder):
    said = []
    settings = DetectorSettings(model={"latent_dim": 2}, trainer={"max_epochs": 1})
    found = open_detector(Source(folder / "t.csv", said.append), None, settings)
    assert found.is_trained_now
    assert found.detector.model_.latent_dim == 2
    assert said[-1] == "learning from 80 samples ..."
