"""Samplers: what they draw, and what they refuse."""

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from latens.applications import (
    ClassMixtureSampler,
    MixtureSampler,
    PriorSampler,
    VariationSampler,
)
from latens.applications.generate import PcaModel
from latens.exceptions import DataError, ParameterError
from latens.metrics import knn_accuracy
from latens.models import Autoencoder
from latens.networks import MLP
from latens.training import Trainer


def samplers(model, X, y):
    return [
        MixtureSampler(3, random_state=0).fit(model),
        ClassMixtureSampler(random_state=0).fit(model, X, y),
        VariationSampler().fit(model, X, y),
    ]


def test_all_keep_one_contract(autoencoder, vae, images, classes):
    found = [PriorSampler().fit(vae), *samplers(autoencoder, images[:200], classes[:200])]
    for sampler in found:
        first = sampler.sample(7, random_state=1)
        assert first.shape == (7, 8, 8)
        assert np.isfinite(first).all()
        np.testing.assert_array_equal(first, sampler.sample(7, random_state=1))
        assert not np.array_equal(first, sampler.sample(7, random_state=2))
        with pytest.raises(ParameterError, match=r"n_samples.*Got 0 instead"):
            sampler.sample(0)


def test_the_global_generator_is_left_alone(autoencoder, images, classes):
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    for sampler in samplers(autoencoder, images[:200], classes[:200]):
        sampler.sample(3, random_state=0)
    np.testing.assert_array_equal(before, np.random.get_state()[1])  # noqa: NPY002


def test_the_prior_is_what_the_model_draws_from(vae):
    np.testing.assert_array_equal(
        PriorSampler().fit(vae).sample(5, random_state=3), vae.sample(5, random_state=3)
    )


def test_a_mixture_fitted_on_chosen_samples_draws_like_them(autoencoder, images, classes):
    """Ones alone: most of what comes out lies among ones, where a tenth of any digits would."""
    ones = images[:1200][classes[:1200] == 1]
    drawn = MixtureSampler(random_state=0).fit(autoencoder, ones).sample(60, random_state=0)
    flat = images[1200:].reshape(-1, 64)
    is_one = np.where(classes[1200:] == 1, 1, 0)
    assert knn_accuracy(flat, is_one, drawn.reshape(-1, 64), np.ones(60, dtype=int)) > 0.5


@pytest.mark.parametrize("per_class", [1, 5, 100])
def test_classes_come_out_as_asked(autoencoder, images, classes, per_class):
    """By mixture and by variation, with many labels, few, and one."""
    rows = np.concatenate([np.flatnonzero(classes[:1200] == c)[:per_class] for c in range(10)])
    wanted = np.repeat(np.arange(10), 20)
    least = {1: 0.45, 5: 0.6, 100: 0.75}[per_class]
    for sampler in (ClassMixtureSampler(random_state=0), VariationSampler()):
        sampler.fit(autoencoder, images[rows], classes[rows])
        drawn = sampler.sample(200, y=wanted, random_state=0).reshape(200, -1)
        known = images[1200:].reshape(-1, 64)
        assert knn_accuracy(known, classes[1200:], drawn, wanted) > least


def test_one_class_by_name_and_unlabeled_rows_left_out(autoencoder, images, classes):
    names = np.array([f"digit {c}" for c in classes[:100]])
    sampler = ClassMixtureSampler().fit(autoencoder, images[:100], names)
    assert sampler.sample(4, y="digit 3", random_state=0).shape == (4, 8, 8)
    some = np.where(classes[:100] == 3, 3, -1)
    assert ClassMixtureSampler().fit(autoencoder, images[:100], some).classes_.tolist() == [3]


def test_a_model_that_samples_by_class_is_taken_as_it_is():
    class Conditional:
        def fit(self):
            return self

        def __sklearn_is_fitted__(self):
            return True

        def __sklearn_tags__(self):
            return MixtureSampler().__sklearn_tags__()

        def sample(self, n_samples=1, *, y=None, random_state=None):
            return np.full((n_samples, 2), -1 if y is None else y)

    sampler = PriorSampler().fit(Conditional())
    assert sampler.sample(2, y=7, random_state=0).tolist() == [[7, 7], [7, 7]]
    assert sampler.sample(1, random_state=0).tolist() == [[-1, -1]]


def test_codes_of_one_number_and_constant_data(narrow):
    assert MixtureSampler().fit(narrow).sample(3, random_state=0).shape == (3, 4)
    X, y = np.random.default_rng(0).normal(size=(6, 4)), np.array([0, 0, 0, 1, 1, 1])
    for sampler in samplers(narrow, X, y):
        assert sampler.sample(3, random_state=0).shape == (3, 4)
    constant = np.full((20, 3), 5.0)
    trainer = Trainer(max_epochs=1, callbacks=())
    model = Autoencoder(2, network=MLP((4,)), trainer=trainer, random_state=0).fit(constant)
    for sampler in samplers(model, constant, np.arange(20) % 2):
        assert np.isfinite(sampler.sample(3, random_state=0)).all()


def test_bad_input(autoencoder, vae, images, classes):
    with pytest.raises(ParameterError, match="Autoencoder was trained without a prior"):
        PriorSampler().fit(autoencoder)
    with pytest.raises(NotFittedError):
        MixtureSampler().fit(Autoencoder())
    with pytest.raises(NotFittedError):
        MixtureSampler().sample(3)
    with pytest.raises(ParameterError, match=r"at most the number of codes, 4\. Got 5 instead"):
        MixtureSampler(5).fit(autoencoder, images[:4])
    with pytest.raises(ParameterError, match=r"n_components.*Got 0 instead"):
        MixtureSampler(0).fit(autoencoder)
    with pytest.raises(ParameterError, match=r"class \d has \d+. Got 50 instead"):
        ClassMixtureSampler(50).fit(autoencoder, images[:60], classes[:60])
    sampler = ClassMixtureSampler().fit(autoencoder, images[:60], classes[:60])
    with pytest.raises(ParameterError, match=r"no class 17 to sample\. Known: 0, 1"):
        sampler.sample(2, y=17)
    with pytest.raises(DataError, match="shape"):
        sampler.sample(2, y=[1, 2, 3])
    with pytest.raises(DataError, match="one label per sample"):
        ClassMixtureSampler().fit(autoencoder, images[:60], classes[:50])
    with pytest.raises(DataError, match="at least one label"):
        ClassMixtureSampler().fit(autoencoder, images[:3], [-1, -1, -1])
    for ignorant in (MixtureSampler().fit(autoencoder), PriorSampler().fit(vae)):
        with pytest.raises(ParameterError, match="ClassMixtureSampler"):
            ignorant.sample(2, y=1)
    with pytest.raises(ParameterError, match="amount"):
        VariationSampler(-1.0).fit(autoencoder, images)
    with pytest.raises(DataError, match="samples of shape"):
        ClassMixtureSampler().fit(autoencoder, images[:60, :4], classes[:60])


def test_a_pca_of_fewer_numbers_than_it_was_asked_for(rng):
    X = rng.normal(size=(6, 8))
    model = PcaModel(7).fit(X)
    sampler = ClassMixtureSampler(random_state=0).fit(model, X, np.repeat([0, 1], 3))
    assert sampler.sample(4, random_state=0).shape == (4, 8)
