import copy
import pickle

import numpy as np
import pytest
import torch

import latens
from latens.models import Autoencoder
from latens.networks import ConvNet, Deterministic, Network, Positions
from latens.networks.layers.unpooling import MaxPool, Unpool
from latens.training import Trainer

UNPOOLING = ConvNet((4, 6), activation="tanh", downsampling="maxpool", upsampling="unpool")


def _network(size=(11, 14)):
    torch.manual_seed(0)
    parts = UNPOOLING.build((2, *size), code_dim=3)
    return Network(parts, Deterministic(parts, 3), bounded=True)


@pytest.mark.parametrize("size", [(4, 4), (5, 7), (1, 6), (1, 1)])
def test_maxima_go_back_to_where_they_were(size):
    positions = Positions()
    x = torch.rand(3, 2, *size) + 1
    with positions.remembered():
        maxima = MaxPool(positions)(x)
        back = Unpool(positions, size)(maxima)
    assert back.shape == x.shape
    assert torch.equal(back[back != 0], x[back != 0])
    assert (back != 0).sum() == maxima.numel()
    torch.testing.assert_close(MaxPool(positions)(back), maxima)


def test_an_example_by_hand():
    positions = Positions()
    x = torch.tensor([[[[1.0, 2, 9], [3, 0, 4], [5, 8, 7]]]])
    with positions.remembered():
        maxima = MaxPool(positions)(x)
        assert maxima.tolist() == [[[[3.0, 9.0], [8.0, 7.0]]]]
        back = Unpool(positions, (3, 3))(maxima)
    assert back.tolist() == [[[[0, 0, 9], [3, 0, 0], [0, 8, 7]]]]


def test_without_positions_values_go_to_the_first_place_of_their_window():
    values = torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]])
    back = Unpool(Positions(), (3, 4))(values)
    assert back.tolist() == [[[[1, 0, 2, 0], [0, 0, 0, 0], [3, 0, 4, 0]]]]


def test_positions_come_back_in_the_opposite_order():
    positions = Positions()
    with positions.remembered():
        positions.push(torch.tensor(1))
        positions.push(torch.tensor(2))
        assert [positions.pop(), positions.pop(), positions.pop()] == [2, 1, None]


def test_positions_are_forgotten_even_if_the_decoder_fails():
    positions = Positions()

    def fail():
        with positions.remembered():
            positions.push(torch.tensor(1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert positions.pop() is None


def test_a_reconstruction_uses_the_positions_of_its_own_picture():
    network = _network().eval()
    x = torch.rand(4, 2, 11, 14)
    output = network(x)
    alone = network.decode(output.code.z)
    assert not torch.allclose(output.x_hat, alone)
    torch.testing.assert_close(network.reconstruct(x).x_hat, output.x_hat)
    # Of the same code, another picture's positions make another picture.
    with network.positions.remembered():
        network.encode(x.flip(0))
        other = network.output(network.decoder(output.code.z))
    assert not torch.allclose(output.x_hat, other)


def test_a_code_alone_never_meets_old_positions():
    network = _network().eval()
    z = torch.randn(7, 3)
    fresh = network.decode(z)
    network(torch.rand(7, 2, 11, 14))
    torch.testing.assert_close(network.decode(z), fresh)
    network.encode(torch.rand(7, 2, 11, 14))
    torch.testing.assert_close(network.decode(z), fresh)
    network.encode(torch.rand(3, 2, 11, 14))
    torch.testing.assert_close(network.decode(z), fresh)


def test_copies_are_whole_and_independent():
    network = _network().eval()
    x = torch.rand(2, 2, 11, 14)
    expected = network(x).x_hat
    for twin in (copy.deepcopy(network), pickle.loads(pickle.dumps(network))):
        torch.testing.assert_close(twin(x).x_hat, expected)
        assert twin.positions is not network.positions
        with twin.positions.remembered():
            twin.encode(x)
            assert network.positions.pop() is None


def test_no_positions_are_in_the_state():
    network, other = _network(), _network()
    before = network.state_dict().keys()
    network(torch.rand(2, 2, 11, 14))
    assert network.state_dict().keys() == before
    other.load_state_dict(network.state_dict())


def test_gradients_reach_every_weight():
    network = _network()
    network(torch.rand(8, 2, 11, 14)).x_hat.square().sum().backward()
    assert all(p.grad is not None and p.grad.any() for p in network.parameters())


def test_a_fitted_model_reconstructs_in_blocks_and_comes_back_from_a_file(tmp_path):
    X = np.random.default_rng(0).integers(256, size=(24, 9, 12), dtype=np.uint8)
    trainer = Trainer(max_epochs=2, callbacks=())
    model = Autoencoder(3, network=UNPOOLING, trainer=trainer, random_state=0).fit(X)
    one_by_one = np.concatenate([model.reconstruct(X[n : n + 1]) for n in range(24)])
    np.testing.assert_allclose(model.reconstruct(X), one_by_one, rtol=1e-4)
    model.save(tmp_path / "model")
    loaded = latens.load_model(tmp_path / "model", device="cpu")
    np.testing.assert_array_equal(loaded.reconstruct(X), model.reconstruct(X))
    Z = model.transform(X)
    np.testing.assert_array_equal(loaded.inverse_transform(Z), model.inverse_transform(Z))
    assert not np.allclose(model.inverse_transform(Z), model.reconstruct(X))
