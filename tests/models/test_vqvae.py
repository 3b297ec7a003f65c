import numpy as np
import pytest

from latens.exceptions import ParameterError
from latens.models import VQVAE
from latens.networks import MLP
from latens.training import Trainer


@pytest.fixture(scope="module")
def model(images):
    trainer = Trainer(max_epochs=30, learning_rate=3e-3, callbacks=())
    settings = {"network": MLP((128, 64)), "trainer": trainer, "random_state": 0}
    return VQVAE(6, word_dim=2, n_rows=32, **settings).fit(images)


def test_every_word_of_a_code_is_a_row_of_its_codebook(model, images):
    codes = model.transform(images).reshape(len(images), 3, 2)
    book = model.network_.bottleneck.codebook.numpy()
    indices = model.transform_indices(images)
    for place in range(3):
        np.testing.assert_array_equal(codes[:, place], book[place][indices[:, place]])


def test_usage_counts_every_sample_once_per_word_and_many_rows_are_used(model, images):
    usage = model.usage(images)
    assert usage.shape == (3, 32)
    assert (usage.sum(axis=1) == len(images)).all()
    assert ((usage > 0).mean(axis=1) > 0.5).all()


def test_rows_are_the_means_of_the_words_that_choose_them(model, images):
    """What K-means would do, too, and what the moving averages are for."""
    import torch

    x = model.scaled_samples(images).rows(0, len(images))
    with torch.no_grad():
        words = model.network_.encode(x).before.view(len(images), 3, 2).numpy()
    indices, book = model.transform_indices(images), model.network_.bottleneck.codebook.numpy()
    spread = words.std()
    row = np.bincount(indices[:, 0]).argmax()
    mean = words[indices[:, 0] == row, 0].mean(axis=0)
    assert np.abs(mean - book[0, row]).max() < 0.3 * spread


def test_reconstruction_is_better_than_the_mean_image(model, images):
    error = np.square(images - model.reconstruct(images)).mean()
    assert error < 0.5 * np.square(images - images.mean(axis=0)).mean()


def test_words_must_fill_the_code(images):
    with pytest.raises(ParameterError, match="must divide latent_dim=5"):
        VQVAE(5, word_dim=2).fit(images)
