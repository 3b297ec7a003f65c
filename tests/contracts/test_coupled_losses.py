"""Which losses of a sample depend on the other samples of its batch, by computation, for every kind."""

import numpy as np
import pytest
import torch

from latens import models
from latens._draws import seeded
from latens._validation import Options
from latens.networks import MLP
from latens.objectives import Batch
from latens.training import Trainer

N, KEPT = 16, 8


def variants():
    """Every kind with each of its options, and with what else changes its losses."""
    for name in models.__all__:
        kind = getattr(models, name)
        yield name, {}
        for parameter, allowed in kind._constraints.items():
            for options in allowed:
                if isinstance(options, Options) and parameter != "network":
                    yield from ((name, {parameter: value}) for value in options.values)
    yield "BetaVAE", {"free_bits": 1e-4}
    yield "VAE", {"n_draws": 3}


@pytest.mark.parametrize(("name", "parameters"), list(variants()))
def test_an_objective_names_the_losses_that_couple_samples(name, parameters):
    images = np.random.default_rng(0).integers(0, 256, (N + KEPT, 8, 8), dtype=np.uint8)
    images[0], images[N:] = 100, 255 * (images[N:] > 127)  # the others have the extremes
    images[:N] = 50 + images[:N] // 2
    labels = np.arange(N + KEPT) % 3
    model = getattr(models, name)(
        4,
        network=MLP((8,)),
        trainer=Trainer(max_epochs=1, batch_size=16, device="cpu", callbacks=()),
        random_state=0,
        **parameters,
    ).fit(images, labels)
    rows = model.scaled_samples(images)
    # Layers that normalize a batch couple its samples, too, but only while they are trained.
    model.network_.eval()
    model.objective_.train()

    def losses(others, label):
        index = torch.cat([torch.arange(KEPT), others])
        y = torch.cat([torch.arange(KEPT) % 3, torch.full((KEPT,), label)])
        with seeded(0):
            terms = model.objective_(model.network_, Batch(rows.batch(index).x, index, y)).terms
        return {term: values[:KEPT] for term, values in terms.items()}

    one = losses(torch.arange(KEPT, N), 1)
    other = losses(torch.arange(N, N + KEPT), -1)
    found = {term for term in one if not torch.allclose(one[term], other[term], rtol=1e-4)}
    assert model.objective_.coupled == found
