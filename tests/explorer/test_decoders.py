"""Decoders that travel, and the reasons why one does not."""

import json
from copy import deepcopy

import numpy as np
import pytest
import torch
from torch import nn

from latens.exceptions import DataError
from latens.explorer.decoders import decoder_of, read_decoder
from latens.explorer.layers import UnknownLayer
from latens.models import Autoencoder
from latens.networks import MLP, Parts
from latens.training import Trainer

PLENTY = 10**9


@pytest.fixture(scope="module")
def model(digits):
    network = MLP(hidden=(64,))
    return Autoencoder(4, network=network, trainer=Trainer(max_epochs=2), random_state=0).fit(
        digits[:200]
    )


def test_int8_is_taken_where_nobody_sees_the_difference(model, digits):
    codes = model.transform(digits[:100])
    decoder = decoder_of(model, codes, most_numbers=PLENTY).decoder
    assert decoder.precision == "int8"
    assert 0 < decoder.error <= 0.5 / 255


def test_half_floats_are_taken_where_int8_would_show(model, digits):
    # The huge weights meet a number that is always 0, and make the steps of their neighbors coarse.
    rough = deepcopy(model)
    rough.latent_dim = 5
    first = rough.network_.decoder[0]
    huge = torch.full((len(first.weight), 1), 1e4)
    first.weight = nn.Parameter(torch.cat([first.weight.detach(), huge], dim=1))
    codes = np.pad(model.transform(digits[:100]), ((0, 0), (0, 1)))
    decoder = decoder_of(rough, codes, most_numbers=PLENTY).decoder
    assert decoder.precision == "float16"
    assert decoder.error <= 0.5 / 255


def test_a_decoder_without_room_says_what_has_room(model, digits):
    read = decoder_of(model, model.transform(digits[:5]), most_numbers=100)
    assert read.decoder is None
    assert "latens explore" in read.why_not


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_codes_that_are_not_finite_leave_the_page_without_a_decoder(value, model):
    codes = np.full((5, 4), value)
    assert "not finite" in decoder_of(model, codes, most_numbers=PLENTY).why_not
    with pytest.raises(DataError, match="codes for this Autoencoder"):
        model.inverse_transform(codes)


class Strange:
    """A network of a user's own, with a layer that the page does not know."""

    def build(self, input_shape, code_dim):
        encoder = nn.Sequential(nn.Flatten(), nn.Linear(64, 16))
        decoder = nn.Sequential(
            nn.Linear(code_dim, 64), nn.Softplus(), nn.Unflatten(1, input_shape)
        )
        return Parts(encoder, decoder, 16)


def test_a_network_with_an_unknown_layer_is_refused_by_its_name(digits):
    model = Autoencoder(2, network=Strange(), trainer=Trainer(max_epochs=1)).fit(digits[:50])
    with pytest.raises(UnknownLayer, match="Softplus"):
        decoder_of(model, model.transform(digits[:5]), most_numbers=PLENTY)


def test_a_kind_that_decodes_in_another_way_is_refused(model, digits):
    class Brighter(Autoencoder):
        def inverse_transform(self, Z):
            return super().inverse_transform(Z) + 1

    other = Brighter(4, network=model.network, trainer=Trainer(max_epochs=1)).fit(digits[:50])
    read = decoder_of(other, other.transform(digits[:5]), most_numbers=PLENTY)
    assert "more than the dimensions of the code" in read.why_not


def test_a_saved_model_that_latens_cannot_make_is_explained(tmp_path, model, digits):
    path = model.save(tmp_path / "model")
    about = json.loads((path / "model.json").read_text())
    about["parameters"]["network"] = {"class": "MyNetwork", "parameters": None}
    (path / "model.json").write_text(json.dumps(about))
    read = read_decoder(path, model.transform(digits[:5]), most_numbers=PLENTY)
    assert read.decoder is None
    assert "MyNetwork" in read.why_not
    assert read_decoder(tmp_path / "none", np.zeros((1, 4)), most_numbers=PLENTY).decoder is None
