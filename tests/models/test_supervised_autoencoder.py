import numpy as np
import pytest

import latens
from latens.exceptions import DataError
from latens.metrics import linear_probe_accuracy
from latens.models import Autoencoder, SupervisedAutoencoder


def test_labels_shape_the_codes(images, classes, settings):
    train, test = slice(0, 1400), slice(1400, None)

    def probe(kind):
        model = kind(4, **settings).fit(images[train], classes[train])
        Z = model.transform(images)
        return linear_probe_accuracy(Z[train], classes[train], Z[test], classes[test])

    assert probe(SupervisedAutoencoder) > probe(Autoencoder) + 0.05


def test_a_few_labels_are_enough_to_predict_the_others(images, classes, settings):
    some = np.full(len(classes), -1)
    some[:200] = classes[:200]
    model = SupervisedAutoencoder(8, **settings).fit(images, some)
    assert (model.predict(images[200:]) == classes[200:]).mean() > 0.75
    np.testing.assert_allclose(model.predict_proba(images).sum(axis=1), 1, rtol=1e-5)


def test_names_as_labels_survive_saving(images, classes, brief, tmp_path):
    words = np.array(["even", "odd"])[classes % 2]
    model = SupervisedAutoencoder(4, **brief).fit(images, words)
    loaded = latens.load_model(model.save(tmp_path / "model"))
    assert list(loaded.classes_) == ["even", "odd"]
    np.testing.assert_array_equal(loaded.predict(images), model.predict(images))


def test_without_any_label_it_says_what_to_do(images):
    with pytest.raises(DataError, match="requires y"):
        SupervisedAutoencoder().fit(images)
    with pytest.raises(DataError, match="at least one label"):
        SupervisedAutoencoder().fit(images, np.full(len(images), -1))
