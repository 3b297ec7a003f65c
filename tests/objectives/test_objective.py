"""What the shared objective promises to all kinds."""

import torch

from latens.networks import MLP, Deterministic, Network
from latens.objectives import (
    Batch,
    Objective,
    Term,
    squared_error,
)


def network(latent_dim=2):
    parts = MLP((8,)).build((5,), latent_dim)
    return Network(parts, Deterministic(parts, latent_dim), bounded=False)


def batch(n=6, progress=1.0):
    x = torch.rand(n, 5, generator=torch.Generator().manual_seed(0))
    return Batch(x, torch.arange(n), None, progress)


def test_corruption_reaches_the_network_and_never_the_target():
    net = network()
    objective = Objective(squared_error, corruption=torch.zeros_like)
    expected = (net(torch.zeros(6, 5)).x_hat - batch().x).square().mean(1)
    torch.testing.assert_close(objective(net, batch()).terms["reconstruction"], expected.detach())


def test_a_weight_may_follow_the_progress():
    term = Term(lambda step: torch.ones(len(step.x)), lambda progress: 10 * progress)
    objective, net = Objective(squared_error, {"one": term}), network()
    totals = [objective(net, batch(progress=p)).total.item() for p in (0.0, 0.5)]
    assert abs(totals[1] - totals[0] - 5) < 1e-5


def test_an_ordinary_objective_has_one_phase_at_full_pace_with_everything_that_is_learned():
    net = network()
    objective = Objective(squared_error, {"size": Term(lambda step: step.output.code.z[:, 0], 2.0)})
    objective.own = torch.nn.Parameter(torch.ones(()))
    (phase,) = objective.phases(net)
    assert phase.pace == 1
    assert phase.after is None
    expected = {id(one) for one in [*net.parameters(), objective.own]}
    assert {id(one) for one in phase.parameters} == expected
    losses = phase.loss(net, batch())
    values = losses.terms
    total = values["reconstruction"].mean() + 2 * values["size"].mean()
    torch.testing.assert_close(losses.total.detach(), total)
    assert Batch(torch.zeros(1, 1), torch.zeros(1)).progress == 1


def test_an_objective_is_settled_where_no_weight_changes_any_more():
    rising = Term(lambda step: step.output.code.z[:, 0], lambda progress: min(1.0, 2 * progress))
    still = Term(lambda step: step.output.code.z[:, 0], 3.0)
    objective = Objective(squared_error, {"rising": rising, "still": still})
    assert [objective.is_settled(p) for p in (0.0, 0.4, 0.5, 1.0)] == [False, False, True, True]
    assert Objective(squared_error, {"still": still}).is_settled(0.0)
    until_the_end = Term(lambda step: step.output.code.z[:, 0], lambda progress: progress)
    objective = Objective(squared_error, {"rising": until_the_end})
    assert [objective.is_settled(p) for p in (0.9, 1.0)] == [False, True]
