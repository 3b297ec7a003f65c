import numpy as np
import pytest
import torch

from latens.exceptions import DataError
from latens.models import MaskedAutoencoder
from latens.networks import MLP, ViT
from latens.objectives import Batch, hidden_patches
from latens.training import Trainer


def decibels(truth, reconstructed, hidden, peak):
    return 10 * np.log10(peak**2 / np.square(truth - reconstructed)[hidden].mean())


def half_of_the_patches(X, side, seed=0):
    """Half of the patches of each picture, as a mask in the shape of the pictures."""
    torch.manual_seed(seed)
    shares = torch.full((len(X),), 0.5)
    return hidden_patches(shares, (1, *X.shape[1:3]), side)[:, 0].numpy()


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_patches_are_hidden_whole_and_in_the_number_asked_for(share):
    hidden = hidden_patches(torch.full((6,), share), (3, 12, 9), side=3)
    assert hidden.shape == (6, 1, 12, 9)
    patches = hidden.view(6, 4, 3, 3, 3)
    assert torch.equal(patches.all(4).all(2), patches.any(4).any(2))
    assert (patches.any(4).any(2).sum((1, 2)) == round(share * 12)).all()


def test_other_samples_and_other_draws_have_other_patches_hidden():
    torch.manual_seed(0)
    first, second = (hidden_patches(torch.full((50,), 0.5), (20,), 1) for _ in range(2))
    assert not torch.equal(first, second)
    assert (first.float().mean(0) - 0.5).abs().max() < 0.3  # no place is spared
    assert len({tuple(row) for row in first.tolist()}) == 50


def test_a_patch_at_the_border_may_be_cut():
    assert hidden_patches(torch.ones(1), (1, 7, 5), side=4).shape == (1, 1, 7, 5)


def test_hidden_parts_of_images_are_reconstructed_3_db_better_than_by_their_mean(images):
    trainer = Trainer(max_epochs=40, callbacks=())
    settings = {"patch": 2, "trainer": trainer, "random_state": 0}
    model = MaskedAutoencoder(10, network=MLP((256, 128)), **settings).fit(images[:1400])
    X = images[1400:]
    hidden = half_of_the_patches(X, 2)
    corrupted = np.where(hidden, 255, X)  # what stands there must not matter
    filled = model.impute(corrupted, hidden=hidden)
    np.testing.assert_array_equal(filled[~hidden], X[~hidden])
    by_mean = decibels(X, np.broadcast_to(images[:1400].mean(0), X.shape), hidden, 16)
    assert decibels(X, filled, hidden, 16) > by_mean + 3


def test_missing_values_of_a_table_are_reconstructed_3_db_better_than_by_their_mean():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(1200, 3)) @ rng.normal(size=(3, 12)) + 0.1 * rng.normal(size=(1200, 12))
    trainer = Trainer(max_epochs=30, callbacks=())
    model = MaskedAutoencoder(3, trainer=trainer, random_state=0).fit(X[:1000])
    hidden = rng.random((200, 12)) < 0.3
    holes = np.where(hidden, np.nan, X[1000:])
    filled = model.impute(holes)
    by_mean = np.broadcast_to(X[:1000].mean(0), filled.shape)
    peak = np.abs(X).max()
    gain = decibels(X[1000:], filled, hidden, peak) - decibels(X[1000:], by_mean, hidden, peak)
    assert gain > 3


def test_images_get_a_transformer_and_tables_what_tables_get(images):
    quick = {"trainer": Trainer(max_epochs=1, callbacks=()), "random_state": 0}
    model = MaskedAutoencoder(4, patch=2, **quick).fit(images[:100])
    assert isinstance(model._factory(), ViT)
    assert model._factory().patch == 2
    table = MaskedAutoencoder(4, **quick).fit(images[:100].reshape(100, -1))
    assert isinstance(table._factory(), MLP)


def test_hidden_values_do_not_reach_the_network(images, settings):
    """With all but nothing hidden, another content of the hidden part gives the same output."""
    model = MaskedAutoencoder(4, **settings).fit(images[:100])
    x = model.scaled_samples(images[:50]).rows(0, 50)
    seen = []
    model.network_.register_forward_pre_hook(lambda _, args: seen.append(args[0].detach()))
    torch.manual_seed(0)
    with torch.no_grad():
        losses = model.objective_(model.network_, Batch(x, torch.arange(50)))
    changed = seen[0] != x
    is_fill = torch.isclose(seen[0], model.objective_.fill.detach().expand_as(x))
    assert changed.any()
    assert is_fill[changed].all()
    assert losses.terms["hidden"].shape == (50,)
    assert 0.2 < float(changed.float().mean()) < 0.55  # 0.75 / 2 on average


def test_a_mask_of_another_shape_is_refused(images, settings):
    model = MaskedAutoencoder(4, **settings).fit(images[:100])
    with pytest.raises(DataError, match="hidden must have the shape of X"):
        model.impute(images[:5], hidden=np.zeros((5, 3, 3)))


@pytest.mark.parametrize("wrong", [np.zeros((4, 5)), np.zeros((4, 8, 8)), [[None, "a"]]])
def test_samples_of_another_shape_are_not_filled_in(wrong):
    X = np.random.default_rng(0).normal(size=(64, 6))
    model = MaskedAutoencoder(2, trainer=Trainer(max_epochs=1, callbacks=())).fit(X)
    with pytest.raises(ValueError, match=r"shape|float|number"):
        model.impute(wrong)


def test_columns_in_another_order_are_not_filled_in():
    import pandas as pd

    X = pd.DataFrame(np.random.default_rng(0).normal(size=(64, 3)), columns=list("abc"))
    model = MaskedAutoencoder(2, trainer=Trainer(max_epochs=1, callbacks=())).fit(X)
    X.loc[0, "b"] = np.nan
    assert np.isfinite(model.impute(X)).all()
    with pytest.raises(ValueError, match="order"):
        model.impute(X[["b", "a", "c"]])


def test_what_is_there_stays_to_the_last_digit():
    rng = np.random.default_rng(0)
    X = np.c_[np.arange(20_000_001.0, 20_000_065), rng.normal(size=64)]
    model = MaskedAutoencoder(1, trainer=Trainer(max_epochs=1, callbacks=())).fit(X)
    holed = X.copy()
    holed[:5, 1] = np.nan
    filled = model.impute(holed)
    assert np.isfinite(filled).all()
    np.testing.assert_array_equal(filled[~np.isnan(holed)], holed[~np.isnan(holed)])
    with pytest.raises(DataError, match="not finite"):
        model.impute(holed, hidden=np.array([True, False]))
