import torch
from torch.distributions import Multinomial, Normal

from latens.networks import Code, Output
from latens.objectives.multinomial import multinomial_error


def output(raw):
    return Output(None, raw, raw)


def test_it_is_torchs_multinomial_up_to_the_coefficient_of_the_counts():
    torch.manual_seed(0)
    raw = torch.randn(3, 5)
    counts = torch.tensor([[2.0, 0, 1, 0, 0], [0, 0, 0, 3, 0], [1, 1, 1, 0, 0]])
    expected = -torch.stack(
        [Multinomial(3, logits=row).log_prob(count) for row, count in zip(raw, counts, strict=True)]
    )
    coefficient = torch.lgamma(torch.tensor(4.0)) - torch.lgamma(counts + 1).sum(1)
    torch.testing.assert_close(multinomial_error(output(raw), counts), expected + coefficient)


def test_an_empty_sample_costs_nothing_and_logits_have_no_zero():
    raw = torch.tensor([[1.0, 2.0, 3.0]])
    assert multinomial_error(output(raw), torch.zeros(1, 3)).item() == 0
    x = torch.tensor([[1.0, 0.0, 1.0]])
    shifted = multinomial_error(output(raw + 100), x)
    torch.testing.assert_close(multinomial_error(output(raw), x), shifted)


def test_the_gradient_is_the_gap_between_shares():
    raw = torch.zeros(1, 4, requires_grad=True)
    x = torch.tensor([[3.0, 1.0, 0.0, 0.0]])
    multinomial_error(output(raw), x).sum().backward()
    torch.testing.assert_close(raw.grad, 4 * torch.full((1, 4), 0.25) - x)


def test_the_composite_prior_is_a_mixture_of_three():
    """Against scipy's densities, for a code drawn far from and near to where it was."""
    import numpy as np
    from scipy.stats import norm

    from latens.networks import Gaussian, Network, Parts
    from latens.objectives.composite_prior import CompositePriorObjective

    torch.manual_seed(0)
    linear = torch.nn.Linear(3, 2)
    parts = Parts(linear, torch.nn.Linear(2, 3), width=2)
    network = Network(parts, Gaussian(parts, 2), bounded=False)
    objective = CompositePriorObjective(multinomial_error, lambda x: x, gamma=0.1)
    names = [phase.name for phase in objective.phases(network)]
    assert names == ["encoder", "decoder"]
    x = torch.tensor([[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
    with torch.no_grad():
        earlier = network.encode(x).posterior
        posterior = Normal(torch.tensor([[0.5, -2.0], [30.0, 0.0]]), torch.tensor(0.5))
        z = posterior.loc + 0.1
        out = Output(Code(z, posterior.loc, posterior), z, z)
        kl = objective._divergence(out, x).numpy()
    density = (
        0.15 * norm.pdf(z)
        + 0.75 * norm.pdf(z, earlier.loc, earlier.scale)
        + 0.1 * norm.pdf(z, 0, np.exp(5))
    )
    expected = (norm.logpdf(z, posterior.loc, 0.5) - np.log(density)).sum(1)
    np.testing.assert_allclose(kl, expected, rtol=1e-3)


def test_only_its_own_half_learns_in_a_phase():
    from latens.networks import Gaussian, Network, Parts
    from latens.objectives import Batch
    from latens.objectives.composite_prior import CompositePriorObjective

    torch.manual_seed(0)
    parts = Parts(torch.nn.Linear(3, 2), torch.nn.Linear(2, 3), width=2)
    network = Network(parts, Gaussian(parts, 2), bounded=False)
    objective = CompositePriorObjective(multinomial_error, lambda x: 0 * x, gamma=0.1)
    encoder, decoder = objective.phases(network)
    decoding = {id(one) for one in network.decoder.parameters()}
    assert not decoding & {id(one) for one in encoder.parameters}
    assert decoding == {id(one) for one in decoder.parameters}
    # The prior's copy of the encoder does not move with it, until it is told.
    before = [one.clone() for one in objective.earlier_encoder.parameters()]
    with torch.no_grad():
        for one in network.parameters():
            one.add_(1.0)
    after = list(objective.earlier_encoder.parameters())
    assert all(torch.equal(a, b) for a, b in zip(before, after, strict=True))
    objective.remember(network)
    assert torch.equal(objective.earlier_encoder.weight, network.encoder.weight)
    assert not objective.earlier_encoder.weight.requires_grad
    batch = Batch(torch.eye(3), torch.arange(3))
    assert set(encoder.loss(network, batch).terms) == {"reconstruction", "kl"}
    assert set(decoder.loss(network, batch).terms) == {"reconstruction"}
