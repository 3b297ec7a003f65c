"""What a number of a sparse code adds to the sample has unit norm."""

import torch

from latens.networks import Deterministic, Network, Parts
from latens.objectives import DictionaryObjective, squared_error
from latens.objectives.dictionary import dictionary_of


def test_columns_are_of_unit_norm_from_the_start_and_after_every_step(linear):
    net = linear()
    (phase,) = DictionaryObjective(squared_error).phases(net)
    ones = torch.ones(2, dtype=torch.float64)
    torch.testing.assert_close(torch.linalg.vector_norm(net.decoder.weight, dim=0), ones)
    before = net.decoder.weight.detach().clone()
    with torch.no_grad():
        net.decoder.weight.mul_(7)
    phase.after()
    torch.testing.assert_close(net.decoder.weight.detach(), before)


def test_a_unit_that_adds_nothing_stays_at_nothing(linear):
    net = linear()
    with torch.no_grad():
        net.decoder.weight[:, 0] = 0
    DictionaryObjective(squared_error).phases(net)
    assert (net.decoder.weight[:, 0] == 0).all()
    assert torch.isfinite(net.decoder.weight).all()


def test_a_decoder_that_starts_with_no_dense_layer_has_no_dictionary():
    decoder = torch.nn.Sequential(torch.nn.Tanh(), torch.nn.Linear(2, 3))
    parts = Parts(torch.nn.Linear(3, 2), decoder, width=2)
    net = Network(parts, Deterministic(parts, 2), bounded=False)
    assert dictionary_of(net) is None
    before = decoder[1].weight.detach().clone()
    (phase,) = DictionaryObjective(squared_error).phases(net)
    assert phase.after is None
    assert torch.equal(decoder[1].weight, before)
