"""The choice of the partner among a batch, in closed form, and where partners come from."""

from functools import partial

import numpy as np
import pytest
import torch
from scipy.stats import norm, t

from latens.objectives import (
    Batch,
    NeighborObjective,
    equal_bits,
    squared_error,
    student_t_similarity,
)

HALF = partial(equal_bits, temperature=0.5)
CAUCHY = partial(student_t_similarity, degrees_of_freedom=1)


def objective(similarity=CAUCHY, steps=2):
    return NeighborObjective(squared_error, 1.0, similarity, steps)


@pytest.mark.parametrize(
    "similarity",
    [
        CAUCHY,
        partial(student_t_similarity, degrees_of_freedom=5),
        partial(equal_bits, temperature=1.0),
    ],
)
def test_codes_that_know_nothing_cost_the_logarithm_of_the_batch(similarity):
    same = torch.ones(8, 6)
    torch.testing.assert_close(
        objective(similarity)._missed(same, same), torch.full((8,), np.log(8.0))
    )


def test_opposite_bits_have_similarities_of_one_and_minus_one_by_the_temperature():
    codes = torch.tensor([[1.0, 1.0], [0.0, 0.0]])
    expected = float(np.log1p(np.exp(-2 / 0.5)))
    missed = objective(HALF)._missed(codes, codes)
    torch.testing.assert_close(missed, torch.full((2,), expected))
    assert (objective(HALF)._missed(codes, codes.flip(0)) > 4).all()


def test_student_t_similarity_falls_with_the_squared_distance():
    # Two pairs 3 apart: 1 / (1 + 0) within a pair, 1 / (1 + 9) across.
    codes = torch.tensor([[0.0], [3.0]])
    torch.testing.assert_close(objective()._missed(codes, codes), torch.full((2,), np.log(1.1)))
    moved = CAUCHY(codes + 4096, codes + 4096)
    torch.testing.assert_close(moved, CAUCHY(codes, codes))


@pytest.mark.parametrize("degrees_of_freedom", [1, 2.5, 48, 1e6])
def test_student_t_similarity_is_the_density_of_students_t_and_in_the_limit_of_the_normal(
    degrees_of_freedom,
):
    distances = torch.linspace(0, 3, 7)[:, None]
    found = student_t_similarity(
        torch.zeros(1, 1), distances, degrees_of_freedom=degrees_of_freedom
    )[0]
    reference = norm if degrees_of_freedom == 1e6 else t(degrees_of_freedom)
    expected = reference.logpdf(distances[:, 0]) - reference.logpdf(0)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


def test_equal_codes_far_from_the_origin_have_a_gradient():
    codes = torch.full((4, 3), 1000.1, requires_grad=True)
    objective()._missed(codes, codes.detach()).sum().backward()
    assert torch.isfinite(codes.grad).all()


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


def test_partners_are_found_by_codes_and_codes_by_partners():
    """One code is like all partners and one partner like no code: the two directions cost unlike sums."""
    table = torch.tensor([[2.0, 1.0, -1.0], [0.0, 3.0, -2.0], [0.5, 0.0, 1.0]])
    found = objective(lambda codes, partners: table)._missed(torch.zeros(3, 1), torch.zeros(3, 1))
    shares = np.exp(table.numpy())
    own = np.diag(shares)
    there, back = -np.log(own / shares.sum(1)), -np.log(own / shares.sum(0))
    assert abs(there.mean() - back.mean()) > 0.1
    np.testing.assert_allclose(found, (there + back) / 2, rtol=1e-6)


def test_the_choice_has_its_weight_beside_the_reconstruction(linear, x):
    net = linear()
    made = NeighborObjective(squared_error, 0.25, CAUCHY, 1)
    losses = made(net, Batch(x, torch.arange(7)))
    z = net.encode(x).z
    error, missed = (net.reconstruct(x).x_hat - x).square().mean(), made._missed(z, z)
    torch.testing.assert_close(losses.total, error + 0.25 * missed.mean())
    torch.testing.assert_close(losses.terms["neighbours"], missed.detach())


def test_a_walk_goes_to_every_neighbor_alike():
    graph = torch.tensor([[1, 2, 3]] * 4)
    walk = objective(steps=1)
    walk.remember(graph, Numbers())
    torch.manual_seed(0)
    batch = Batch(torch.zeros(3000, 1), torch.zeros(3000, dtype=torch.int64))
    counts = np.bincount(walk._partners(batch)[:, 0].int(), minlength=4)
    assert counts[0] == 0
    np.testing.assert_allclose(counts[1:], 1000, atol=120)
