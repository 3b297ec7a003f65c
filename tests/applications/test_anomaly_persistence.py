"""A detector that was saved is the detector that comes back; what is damaged is refused."""

import json

import numpy as np
import pandas as pd
import pytest

from latens.applications import AnomalyDetector, load_detector
from latens.exceptions import ModelError
from latens.models import Autoencoder
from latens.networks import MLP
from latens.training import Trainer

MODEL = Autoencoder(
    2,
    network=MLP((8,)),
    trainer=Trainer(max_epochs=2, callbacks=(), device="cpu"),
    random_state=0,
)


@pytest.fixture
def X(rng) -> np.ndarray:
    return rng.normal(size=(60, 4))


@pytest.fixture
def saved(X, tmp_path):
    return AnomalyDetector(MODEL, random_state=0).fit(X).save(tmp_path / "detector")


def test_a_table_comes_back_with_its_columns(X, tmp_path):
    frame = pd.DataFrame(X, columns=list("abcd"))
    detector = AnomalyDetector(MODEL, contamination=0.2, random_state=0).fit(frame)
    again = load_detector(detector.save(tmp_path / "detector"), device="cpu")
    np.testing.assert_array_equal(again.decision_function(frame), detector.decision_function(frame))
    np.testing.assert_array_equal(again.explain(frame), detector.explain(frame))
    assert again.contamination == 0.2
    assert list(again.feature_names_in_) == list("abcd")
    with pytest.raises(ValueError, match="feature names"):
        again.predict(frame.rename(columns={"a": "z"}))


def test_images_come_back(digits, tmp_path):
    detector = AnomalyDetector(MODEL, random_state=0).fit(digits[:100])
    again = load_detector(detector.save(tmp_path / "detector"), device="cpu")
    np.testing.assert_array_equal(again.score_samples(digits), detector.score_samples(digits))


@pytest.mark.parametrize("origin", ["given", "fitted"])
def test_fitting_a_loaded_detector_again_does_the_same(X, tmp_path, origin):
    from sklearn.base import clone

    model = clone(MODEL).fit(X) if origin == "fitted" else MODEL
    detector = AnomalyDetector(model, random_state=0).fit(X)
    again = load_detector(detector.save(tmp_path / "detector"), device="cpu").fit(X)
    np.testing.assert_allclose(again.score_samples(X), detector.score_samples(X), rtol=1e-6)


def test_a_folder_is_replaced_only_if_asked(X, saved):
    detector = AnomalyDetector(MODEL, random_state=1).fit(X)
    with pytest.raises(ModelError, match="exists already"):
        detector.save(saved)
    detector.save(saved, overwrite=True)
    assert load_detector(saved).seed_ == 1


def test_nothing_is_pickled(saved):
    assert {path.suffix for path in saved.rglob("*") if path.is_file()} == {".json", ".safetensors"}


def test_damage_is_refused_with_its_name(saved):
    about = json.loads((saved / "detector.json").read_text())
    (saved / "detector.json").write_text(json.dumps({**about, "version": 99}))
    with pytest.raises(ModelError, match="format version 99"):
        load_detector(saved)
    del about["offset"]
    (saved / "detector.json").write_text(json.dumps(about))
    with pytest.raises(ModelError, match="damaged or incomplete"):
        load_detector(saved)
    (saved / "detector.safetensors").write_bytes(b"no tensors")
    with pytest.raises(ModelError, match="is damaged"):
        load_detector(saved)
    (saved / "detector.json").write_text("{}")
    with pytest.raises(ModelError, match="another format"):
        load_detector(saved)


@pytest.mark.parametrize("rule", ["images", "series", "blend", "sum"])
def test_a_score_that_does_not_fit_the_samples_is_refused(saved, rule):
    about = json.loads((saved / "detector.json").read_text())
    assert about["rule"] == "table"
    (saved / "detector.json").write_text(json.dumps({**about, "rule": rule}))
    with pytest.raises(ModelError, match="damaged or incomplete"):
        load_detector(saved)
