"""Kinds whose codes follow the neighbors in the data: what both owe to the graph."""

import numpy as np
import pytest

from latens.models import BinaryAutoencoder, NeighborAutoencoder
from latens.models.neighbors import neighbors_of
from latens.networks import MLP
from latens.training import Trainer

ONCE = Trainer(max_epochs=1, callbacks=())


@pytest.fixture(params=[BinaryAutoencoder, NeighborAutoencoder], ids=lambda kind: kind.__name__)
def kind(request):
    return request.param


def test_neighbors_are_the_nearest_and_never_the_sample_itself(images):
    flat = images.reshape(len(images), -1)[:200] * 1.0
    rows = neighbors_of(flat, 3, seed=0)
    distances = np.linalg.norm(flat[:, None] - flat, axis=2)
    np.fill_diagonal(distances, np.inf)
    found = np.take_along_axis(distances, rows, axis=1)
    np.testing.assert_allclose(found, np.sort(distances, axis=1)[:, :3])


def test_of_too_many_samples_some_are_neighbors_of_all(monkeypatch, images):
    monkeypatch.setattr("latens.models.neighbors._MOST_CANDIDATES", 50)
    flat = images.reshape(len(images), -1)[:200] * 1.0
    rows = neighbors_of(flat, 3, seed=0)
    assert len(np.unique(rows)) <= 50
    assert (rows != np.arange(200)[:, None]).all()


def test_a_fitted_model_keeps_no_samples(kind, images, brief):
    model = kind(4, **brief).fit(images)
    assert model.objective_.graph is None
    assert model.objective_.samples is None


@pytest.mark.parametrize("n", [2, 5])
def test_very_few_samples_are_enough(kind, rng, n):
    model = kind(3, trainer=ONCE, random_state=0)
    assert model.fit(rng.normal(size=(n, 4))).transform(rng.normal(size=(1, 4))).shape == (1, 3)


def test_batches_of_one_sample_train(kind, rng):
    trainer = Trainer(max_epochs=1, batch_size=1, callbacks=())
    model = kind(3, trainer=trainer, network=MLP((4,)), random_state=0)
    assert np.isfinite(model.fit(rng.normal(size=(12, 4))).history_.epochs[0].loss)


def test_equal_samples_are_no_trouble(kind):
    model = kind(3, trainer=ONCE, random_state=0).fit(np.ones((30, 100)))
    assert len(np.unique(model.transform(np.ones((3, 100))), axis=0)) == 1
