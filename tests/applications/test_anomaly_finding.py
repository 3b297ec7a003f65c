"""What `find_anomalies` says of samples, row by row and as a whole."""

from dataclasses import replace

import numpy as np
import pytest

from latens.applications import AnomalyDetector, find_anomalies
from latens.data import Dataset
from latens.exceptions import ParameterError
from latens.models import Autoencoder
from latens.networks import MLP
from latens.training import Trainer

QUICK = Trainer(max_epochs=1, callbacks=(), device="cpu")


@pytest.fixture(scope="module")
def table():
    X = np.random.default_rng(0).normal(size=(120, 3))
    X[7, 1] = 90
    return Dataset(X, feature_names=("a", "b", "c"), name="made")


@pytest.fixture(scope="module")
def detector(table):
    model = Autoencoder(2, network=MLP((8,)), trainer=QUICK)
    return AnomalyDetector(model, random_state=0).fit(table.X)


def test_every_sample_has_a_line_and_the_most_anomalous_come_first(table, detector):
    found = find_anomalies(detector, table, is_training_data=True, top=3)
    assert len(found.frame) == len(table)
    assert found.n_anomalies == (found.frame["decision"] < 0).sum()
    assert found.most_anomalous["rank"].tolist() == [1, 2, 3]
    assert found.most_anomalous["row"].iloc[0] == 7
    assert found.most_anomalous["reason"].iloc[0].startswith("b = 90 (usually ")
    assert found.pictures is None
    use = found.to_finding()
    assert use.sentence == found.sentence
    assert [len(each.rows) for each in use.tables] == [3, 5]


def test_items_are_called_by_their_names(table, detector):
    named = replace(table, item_names=tuple(f"item {row}" for row in range(len(table))))
    shown = find_anomalies(detector, named).to_finding().tables[0]
    assert shown.columns[:3] == ("row", "id", "decision")
    assert shown.rows[0][:2] == ("7", "item 7")


def test_samples_learned_from_have_a_line_of_their_own(table, detector):
    ours, theirs = (
        find_anomalies(detector, table, is_training_data=known) for known in (True, False)
    )
    shift = detector.offset_ - detector.own_offset_
    np.testing.assert_allclose(ours.frame["decision"] - theirs.frame["decision"], shift, atol=2e-6)


def test_the_rarer_of_two_labels_stands_for_the_anomalies(table, detector):
    y = (np.arange(len(table)) == 7).astype(int)
    labeled = replace(table, y=y, names=("fine", "broken"))
    found = find_anomalies(detector, labeled)
    assert found.rarer_class == "'broken'"
    assert found.compared[0].auroc == 1
    assert "takes 'broken', the rarer" in found.to_finding().tables[1].note


def test_images_are_shown_with_their_reconstructions(digits):
    model = Autoencoder(2, network=MLP((8,)), trainer=QUICK).fit(digits[:60])
    detector = AnomalyDetector(model, contamination=0.1).fit(digits[:60])
    found = find_anomalies(detector, Dataset(digits[:60]), is_training_data=True)
    assert found.pictures.shape == (3, 12, 8, 8)
    assert "as `contamination` asks for" in found.sentence
    assert found.to_finding().mosaics[0].row_names == ("input", "reconstructed", "where")


def test_images_that_the_network_was_trained_on_have_a_list_and_a_line_of_their_own(digits):
    X = digits[:300]
    part = (np.arange(300) >= 150).astype(np.uint8)
    trainer = Trainer(max_epochs=60, batch_size=16, patience=60, callbacks=(), device="cpu")
    trainer.set_params(validation_fraction=0.0)
    model = Autoencoder(16, network=MLP((128,)), trainer=trainer, random_state=0).fit(X[part == 0])
    detector = AnomalyDetector(model, contamination=0.1).fit(X)
    # By one line and in one list, what the network has not seen would fill it.
    mixed = find_anomalies(detector, Dataset(X), is_training_data=True)
    is_odd = mixed.frame["anomaly"].to_numpy()
    assert is_odd[part == 1].sum() > 1.5 * is_odd[part == 0].sum()
    found = find_anomalies(detector, Dataset(X, part=part), is_training_data=True, top=4)
    for one in (0, 1):
        of_part = found.frame[part == one]
        assert of_part["anomaly"].mean() == pytest.approx(0.1, abs=0.015)
        by_rank = of_part.sort_values("rank")
        assert by_rank["rank"].tolist() == list(range(1, 151))
        assert (np.diff(by_rank["decision"]) >= 0).all()
    held_out, trained_on, _ = found.to_finding().tables
    assert held_out.title == "The 4 most anomalous held-out samples"
    assert trained_on.title == "The 4 most anomalous trained-on samples"
    for table, name in ((held_out, "held-out"), (trained_on, "train")):
        column = table.columns.index("part")
        assert [row[column] for row in table.rows] == [name] * 4
    assert found.most_anomalous["rank"].tolist() == [1, 2, 3, 4] * 2


def test_as_many_samples_are_shown_as_can_be_explained(table, detector):
    with pytest.raises(ParameterError, match="'top' parameter of find_anomalies"):
        find_anomalies(detector, table, top=2_001)
