import numpy as np
import torch

from latens.models import ContractiveAutoencoder
from latens.networks import MLP
from latens.objectives import contraction_estimate, jacobian_norm


def fitted(images, settings, weight):
    settings["network"] = MLP((64,), activation="tanh")
    return ContractiveAutoencoder(4, weight=weight, **settings).fit(images)


def test_the_norm_is_that_of_autograds_full_jacobian(images, short):
    model = fitted(images[:600], short, 1e-3)
    x = model.scaled_samples(images).rows(0, 6)
    full = torch.stack(
        [
            torch.autograd.functional.jacobian(
                lambda v: model.network_.encode(v[None]).mean[0], one
            )
            for one in x
        ]
    )
    expected = full.square().flatten(1).sum(1)
    torch.testing.assert_close(jacobian_norm(model.network_, x), expected)


def test_the_estimate_is_right_on_average(images, short):
    model = fitted(images[:600], short, 1e-3)
    x = model.scaled_samples(images).rows(0, 20).requires_grad_()
    torch.manual_seed(0)
    code = model.network_.encode(x).mean
    estimates = torch.stack([contraction_estimate(code, x).detach() for _ in range(1500)])
    torch.testing.assert_close(
        estimates.mean(0), jacobian_norm(model.network_, x), rtol=0.1, atol=0.0
    )


def test_the_norm_shrinks_with_its_weight(images, short):
    images = images[:600]
    norms = []
    for weight in (0.0, 1e-3, 1e-1):
        model = fitted(images, short, weight)
        norms.append(
            float(jacobian_norm(model.network_, model.scaled_samples(images).rows(0, 300)).mean())
        )
    assert norms[0] > 2 * norms[1] > 4 * norms[2]
    assert np.isfinite(norms).all()
