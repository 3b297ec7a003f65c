"""What `find_classes` and `compare_classifiers` say of samples with a few labels."""

import numpy as np
import pytest

from latens.applications import compare_classifiers, find_classes
from latens.applications.classify.finding import held_out_fifth
from latens.data import Dataset
from latens.exceptions import DataError
from latens.models import Autoencoder
from latens.networks import MLP
from latens.training import Trainer

QUICK = Trainer(max_epochs=1, callbacks=(), device="cpu")


@pytest.fixture(scope="module")
def groups():
    """Three groups of rows that lie apart."""
    y = np.arange(90) % 3
    X = np.random.default_rng(0).normal(size=(90, 4)) + 8 * y[:, None]
    names = tuple(f"row {number}" for number in range(90))
    return Dataset(X, y, ("a", "b", "c"), name="groups", item_names=names)


@pytest.fixture(scope="module")
def model(groups):
    return Autoencoder(2, network=MLP((8,)), trainer=QUICK, random_state=0).fit(groups.X)


def test_every_sample_gets_a_class_and_given_labels_stay(groups, model):
    labels = [groups.names[code] if row < 9 else None for row, code in enumerate(groups.y)]
    found = find_classes(model, groups, labels, method="propagation", random_state=0)
    assert found.frame["id"].tolist() == list(groups.item_names)
    assert found.frame["given"].tolist() == [row < 9 for row in range(90)]
    assert found.frame["label"].tolist() == [groups.names[code] for code in groups.y]
    assert found.class_counts == {"a": 30, "b": 30, "c": 30}
    use = found.to_finding()
    assert use.tables[0].rows == (("a", 3, 30), ("b", 3, 30), ("c", 3, 30))
    assert use.sentence.startswith("81 samples of groups were classified from 9 labels.")


def test_what_is_to_be_named_next_is_uncertain_and_without_a_label(groups, model):
    labels = [groups.names[code] if row < 9 else None for row, code in enumerate(groups.y)]
    found = find_classes(model, groups, labels, method="probe", random_state=0)
    chosen = list(found.next_to_name)
    assert len(set(chosen)) == 20
    assert not found.frame["given"][chosen].any()
    free = found.frame[~found.frame["given"]]
    assert found.frame["margin"][chosen].max() <= free["margin"].sort_values().iloc[40]
    shares = found.classifier.label_distributions_
    second = np.sort(shares, axis=1)[:, -2]
    np.testing.assert_allclose(found.frame["margin"], shares.max(axis=1) - second)
    table = found.to_finding().tables[1]
    assert table.columns == ("row", "id", "label", "probability", "margin")
    assert [row[0] for row in table.rows] == chosen


def test_one_sample_leaves_nothing_to_classify(groups, model):
    with pytest.raises(DataError, match="'groups' has 1 sample: nothing is left"):
        find_classes(model, groups.take([0]), ["a"])


def test_a_comparison_names_the_best_classifier_without_codes(groups, model):
    train, test = held_out_fifth(groups)
    assert (len(train), len(test)) == (72, 18)
    found = compare_classifiers(model, groups, per_class=4, draws=2, method="probe")
    assert (found.n_samples, found.n_held_out) == (72, 18)
    assert found.on_codes.name == "linear probe of codes"
    assert found.best_baseline.is_floor
    assert len(found.errors[0].shares) == 2
    assert found.to_finding().tables[0].note == "scored with labels, mean of 2 draws of labels"
    elsewhere = compare_classifiers(
        model, train, test, per_class=4, method="probe", is_training_data=False
    )
    assert elsewhere.sentence.endswith("The encoder was trained on other data.")
    assert "`draws=10` shows how much the draw matters" in elsewhere.sentence


def test_a_comparison_needs_labels(groups, model):
    with pytest.raises(DataError, match="'bare' has no labels"):
        compare_classifiers(model, Dataset(groups.X, name="bare"))
