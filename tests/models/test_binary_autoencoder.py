import numpy as np
import pytest
import torch

from latens.metrics import mean_average_precision
from latens.models import Autoencoder, BinaryAutoencoder
from latens.networks import MLP, Binary
from latens.objectives import Batch, NeighbourObjective, squared_error
from latens.training import Trainer


def test_codes_are_bits_and_none_is_wasted(images, settings):
    codes = BinaryAutoencoder(16, **settings).fit(images).transform(images)
    assert set(np.unique(codes)) == {0.0, 1.0}
    assert ((codes.mean(axis=0) > 0.2) & (codes.mean(axis=0) < 0.8)).all()


def test_bits_find_the_class_better_than_the_signs_of_a_plain_code(images, classes, settings):
    def score(codes):
        queries, known = codes[1500:], codes[:1500]
        distances = (queries[:, None] != known).sum(axis=2)
        ranked = classes[np.argsort(distances, axis=1, kind="stable")]
        return mean_average_precision(ranked == classes[1500:, None])

    bits = BinaryAutoencoder(32, **settings).fit(images[:1500]).transform(images)
    plain = Autoencoder(32, **settings).fit(images[:1500]).transform(images)
    assert score(bits > 0) > 0.1 + score(plain > np.median(plain, axis=0))
    assert score(bits > 0) > 0.7


def test_gradients_pass_the_threshold_as_a_sigmoid():
    bottleneck = Binary(MLP((4,)).build((3,), 2), 2).eval()
    h = torch.randn(5, 4, requires_grad=True)
    code = bottleneck(h)
    assert set(code.z.unique().tolist()) <= {0.0, 1.0}
    (gradient,) = torch.autograd.grad(code.z.sum(), h, retain_graph=True)
    (expected,) = torch.autograd.grad(torch.sigmoid(2 * code.before).sum(), h)
    torch.testing.assert_close(gradient, expected)


def objective(temperature=1.0):
    return NeighbourObjective(squared_error, 1.0, temperature, 2)


def test_the_cross_entropy_has_its_closed_forms():
    same = torch.ones(8, 6)
    torch.testing.assert_close(objective()._missed(same, same), torch.full((8,), np.log(8.0)))
    # Opposite codes of two samples: the likeness is 1 and -1.
    codes = torch.tensor([[1.0, 1.0], [0.0, 0.0]])
    expected = float(np.log1p(np.exp(-2 / 0.5)))
    missed = objective(0.5)._missed(codes, codes)
    torch.testing.assert_close(missed, torch.full((2,), expected))
    assert (objective(0.5)._missed(codes, codes.flip(0)) > 4).all()


class Numbers:
    """Samples that are their own row number."""

    def batch(self, index):
        return Batch(index.float()[:, None], index)


def test_partners_are_where_the_walk_has_come_to():
    around = (torch.arange(10) + 1) % 10
    walk = objective()
    walk.remember(around[:, None], Numbers())
    batch = Batch(torch.arange(10.0)[:, None], torch.arange(10))
    np.testing.assert_array_equal(walk._partners(batch)[:, 0], (np.arange(10) + 2) % 10)
    walk.forget()
    assert walk._partners(batch) is batch.x


def test_neighbours_are_the_nearest_and_never_the_sample_itself(images):
    model = BinaryAutoencoder(4, n_neighbors=3, network=MLP((8,)), random_state=0)
    model.set_params(trainer=Trainer(max_epochs=1, callbacks=())).fit(images)
    rows = model._neighbours(images.reshape(len(images), -1)[:200] * 1.0)
    flat = images.reshape(len(images), -1)[:200] * 1.0
    distances = np.linalg.norm(flat[:, None] - flat, axis=2)
    np.fill_diagonal(distances, np.inf)
    found = np.take_along_axis(distances, rows, axis=1)
    np.testing.assert_allclose(found, np.sort(distances, axis=1)[:, :3])


def test_a_fitted_model_keeps_no_samples(images, settings):
    model = BinaryAutoencoder(4, **settings).fit(images)
    assert model.objective_.graph is None
    assert model.objective_.samples is None


def test_new_samples_are_drawn_as_bits(images, settings):
    model = BinaryAutoencoder(6, **settings).fit(images)
    assert set(np.unique(model._draw_codes(20, seed=0))) <= {0.0, 1.0}


@pytest.mark.parametrize("n", [2, 5])
def test_very_few_samples_are_enough(rng, n):
    model = BinaryAutoencoder(3, trainer=Trainer(max_epochs=1, callbacks=()), random_state=0)
    assert model.fit(rng.normal(size=(n, 4))).transform(rng.normal(size=(1, 4))).shape == (1, 3)


def test_batches_of_one_sample_train(rng):
    trainer = Trainer(max_epochs=1, batch_size=1, callbacks=())
    model = BinaryAutoencoder(3, trainer=trainer, network=MLP((4,)), random_state=0)
    assert np.isfinite(model.fit(rng.normal(size=(12, 4))).history_.epochs[0].loss)


def test_equal_samples_are_no_trouble():
    trainer = Trainer(max_epochs=1, callbacks=())
    model = BinaryAutoencoder(3, trainer=trainer, random_state=0).fit(np.ones((30, 100)))
    assert len(np.unique(model.transform(np.ones((3, 100))), axis=0)) == 1
