import numpy as np

from latens.metrics import maximum_mean_discrepancy
from latens.models import AdversarialAutoencoder, Autoencoder


def test_codes_are_far_closer_to_the_prior_than_ordinary_ones(images, settings):
    images = images[:800]
    prior = np.random.default_rng(0).normal(size=(1500, 4))

    def discrepancy(kind):
        codes = kind(4, **settings).fit(images).transform(images)
        return maximum_mean_discrepancy(codes, prior)

    assert discrepancy(AdversarialAutoencoder) <= discrepancy(Autoencoder) / 5


def test_the_critic_learns_in_a_phase_of_its_own(images, brief):
    model = AdversarialAutoencoder(4, **brief).fit(images[:300])
    fit, critic = model.objective_.phases(model.network_)
    assert {id(p) for p in fit.parameters}.isdisjoint(id(p) for p in critic.parameters)
    assert set(model.history_.best.terms) == {"reconstruction", "deception"}
