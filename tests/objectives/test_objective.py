"""What the shared objective promises to all kinds."""

import torch

from latens.networks import MLP, Deterministic, Network
from latens.objectives import (
    AdversarialObjective,
    Batch,
    Objective,
    SupervisedObjective,
    Term,
    squared_error,
)


def network(latent_dim=2):
    parts = MLP((8,)).build((5,), latent_dim)
    return Network(parts, Deterministic(parts, latent_dim), bounded=False)


def batch(n=6, y=None, progress=1.0):
    x = torch.rand(n, 5, generator=torch.Generator().manual_seed(0))
    return Batch(x, torch.arange(n), y, progress)


def test_corruption_reaches_the_network_and_never_the_target():
    net = network()
    objective = Objective(squared_error, corruption=torch.zeros_like)
    expected = (net(torch.zeros(6, 5)).x_hat - batch().x).square().mean(1)
    torch.testing.assert_close(objective(net, batch()).terms["reconstruction"], expected.detach())


def test_a_weight_may_follow_the_progress():
    term = Term(lambda output, x: torch.ones(len(x)), lambda progress: 10 * progress)
    objective, net = Objective(squared_error, {"one": term}), network()
    totals = [objective(net, batch(progress=p)).total.item() for p in (0.0, 0.5)]
    assert abs(totals[1] - totals[0] - 5) < 1e-5


def test_samples_without_a_label_add_nothing():
    objective, net = SupervisedObjective(squared_error, 2, 3, weight=1.0), network()
    y = torch.tensor([0, -1, 2, -1, -1, 1])
    errors = objective(net, batch(y=y)).terms["label"]
    assert (errors[y < 0] == 0).all()
    assert (errors[y >= 0] > 0).all()
    logits = objective.head(net.encode(batch().x).z)[y >= 0]
    expected = torch.nn.functional.cross_entropy(logits, y[y >= 0])
    torch.testing.assert_close(errors.mean(), expected.detach())
    assert objective(net, batch(y=torch.full((6,), -1))).terms["label"].sum() == 0


def test_each_adversarial_phase_moves_only_its_own_parameters():
    torch.manual_seed(0)
    objective, net = AdversarialObjective(squared_error, 2, weight=1.0), network()
    fit, critic = objective.phases(net)
    critic.loss(net, batch()).total.backward()
    assert all(p.grad is None for p in fit.parameters)
    assert all(p.grad is not None for p in critic.parameters)


def test_a_critic_that_cannot_tell_is_surprised_by_log_two():
    objective, net = AdversarialObjective(squared_error, 2, weight=1.0), network()
    for parameter in objective.critic.parameters():
        torch.nn.init.zeros_(parameter)
    deception = objective(net, batch()).terms["deception"]
    torch.testing.assert_close(deception, torch.full((6,), 2.0).log())


def test_an_ordinary_objective_has_one_phase_at_full_pace_with_everything_that_is_learnt():
    net = network()
    objective = Objective(squared_error, {"size": Term(lambda output, x: output.code.z[:, 0], 2.0)})
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
    rising = Term(lambda output, x: output.code.z[:, 0], lambda progress: min(1.0, 2 * progress))
    still = Term(lambda output, x: output.code.z[:, 0], 3.0)
    objective = Objective(squared_error, {"rising": rising, "still": still})
    assert [objective.is_settled(p) for p in (0.0, 0.4, 0.5, 1.0)] == [False, False, True, True]
    assert Objective(squared_error, {"still": still}).is_settled(0.0)
    until_the_end = Term(lambda output, x: output.code.z[:, 0], lambda progress: progress)
    objective = Objective(squared_error, {"rising": until_the_end})
    assert [objective.is_settled(p) for p in (0.9, 1.0)] == [False, True]
