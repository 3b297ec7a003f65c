import numpy as np
import pytest
import torch

from latens.exceptions import ParameterError
from latens.models import SparseAutoencoder
from latens.networks import MLP, BatchTopK, Code, JumpReLU, Output
from latens.objectives import Batch, Step, sparsity_divergence
from latens.training import Trainer


def test_top_k_has_exactly_k_numbers_that_are_not_zero(images, brief):
    model = SparseAutoencoder(40, penalty="topk", k=7, **brief).fit(images)
    assert set((model.transform(images) != 0).sum(axis=1)) == {7}


def test_mean_activation_approaches_rho(images, settings):
    model = SparseAutoencoder(12, penalty="kl", rho=0.2, weight=0.1, **settings).fit(images)
    means = model.transform(images).mean(axis=0)
    np.testing.assert_allclose(means, 0.2, atol=0.05)
    assert model.transform(images).min() >= 0


def test_divergence_is_zero_at_rho_and_the_textbook_sum_elsewhere():
    def divergence(z):
        batch = Batch(z, torch.arange(len(z)))
        return sparsity_divergence(Step(None, batch, z, Output(Code(z, z), None, None)), 0.2)

    assert divergence(torch.full((4, 3), 0.2)).abs().max() < 1e-6
    q = torch.tensor([0.1, 0.5])
    expected = (0.2 * (0.2 / q).log() + 0.8 * (0.8 / (1 - q)).log()).sum()
    torch.testing.assert_close(divergence(q.expand(4, 2)), expected.expand(4))


def test_a_larger_l1_weight_gives_smaller_codes(images, short):
    def size(weight):
        model = SparseAutoencoder(12, weight=weight, **short).fit(images)
        return np.abs(model.transform(images)).mean()

    assert size(0.01) < 0.5 * size(0.0)


def test_l1_codes_have_true_zeros_and_are_never_negative(images, short):
    codes = SparseAutoencoder(100, **short).fit(images).transform(images)
    assert codes.min() == 0
    assert 0.1 < (codes == 0).mean() < 1


def test_units_that_nothing_activates_are_counted(images, short):
    model = SparseAutoencoder(10, weight=0.0, **short).fit(images)
    model.codes_ = model.codes_.copy()
    model.codes_[:, [2, 5]] = 0
    assert {2, 5} <= set(model.dead_units_.tolist())
    assert len(model.dead_units_) < 10


def test_k_beyond_the_code_is_refused(images):
    with pytest.raises(ParameterError, match="at most latent_dim=3"):
        SparseAutoencoder(3, penalty="topk", k=4).fit(images)


@pytest.fixture(scope="module")
def activations():
    """Sparse sums of 96 known directions in 32 numbers, three of them on average."""
    rng = np.random.default_rng(0)
    directions = rng.normal(size=(96, 32))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    chance = 3 / 96 * np.linspace(0.2, 1.8, 96)
    amounts = (0.5 + rng.exponential(size=(6000, 96))) * (rng.random((6000, 96)) < chance)
    X = amounts @ directions + 0.02 * rng.normal(size=(6000, 32))
    return X.astype(np.float32), directions


@pytest.fixture(scope="module", params=["batch_topk", "jumprelu"])
def dictionary(request, activations):
    trainer = Trainer(max_epochs=25, learning_rate=0.01, callbacks=())
    model = SparseAutoencoder(192, penalty=request.param, k=3, trainer=trainer, random_state=0)
    return model.fit(activations[0])


def columns(model):
    return model.network_.decoder[0].weight.detach().numpy().T


def test_the_number_of_active_units_is_the_one_asked_for(dictionary, activations):
    active = (dictionary.transform(activations[0]) > 0).sum(axis=1)
    assert active.mean() == pytest.approx(3, rel=0.02)
    assert dictionary.active_numbers_ == pytest.approx(3, rel=0.02)
    assert active.std() > 0.5  # some samples need more than others


def test_what_units_add_has_unit_norm_and_they_are_never_negative(dictionary, activations):
    np.testing.assert_allclose(np.linalg.norm(columns(dictionary), axis=1), 1, atol=1e-5)
    assert dictionary.transform(activations[0]).min() == 0


def test_the_directions_that_made_the_samples_are_found(dictionary, activations):
    _, directions = activations
    likeness = (directions @ columns(dictionary).T).max(axis=1)
    assert (likeness > 0.9).mean() > 0.5
    chance = np.random.default_rng(1).normal(size=(192, 32))
    chance /= np.linalg.norm(chance, axis=1, keepdims=True)
    assert ((directions @ chance.T).max(axis=1) > 0.9).mean() < 0.05


def test_explained_variance_is_that_of_scikit_learn(dictionary, activations):
    from sklearn.metrics import r2_score

    X = activations[0]
    scaled = dictionary.scaling_.apply(X)
    reconstructed = dictionary.scaling_.apply(dictionary.reconstruct(X))
    expected = r2_score(scaled, reconstructed, multioutput="variance_weighted")
    assert dictionary.explained_variance(X) == pytest.approx(expected, abs=1e-4)
    assert expected > 0.7


def test_the_log_has_the_number_of_active_units(dictionary):
    frame = dictionary.history_.frame()
    name = next(one for one in frame.columns if "active" in one)
    assert frame[name].iloc[-1] == pytest.approx(3, rel=0.02)


@pytest.mark.parametrize("bottleneck", [BatchTopK, JumpReLU])
def test_dead_units_follow_the_gradient_and_others_do_not_lose_theirs(bottleneck):
    parts = MLP(()).build((4,), code_dim=6)
    units = bottleneck(parts, 6, 2).train()
    h = torch.randn(32, 4, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        units.head.bias[0] = -100  # never reached
    for _ in range(2):
        z = units(h).z
        assert not z[:, 0].any()
    z.sum().backward()
    assert not units.head.weight.grad[0].any()
    units.rescue.silence[0] = units.rescue.patience + 1
    code = units(h)
    assert not code.z[:, 0].any()  # what is decoded stays as it is
    code.z.sum().backward()
    assert units.head.weight.grad[0].any()


def test_fewer_units_are_dead_with_the_rescue_than_without(activations, monkeypatch):
    def dead():
        trainer = Trainer(max_epochs=12, learning_rate=0.01, callbacks=())
        model = SparseAutoencoder(192, penalty="batch_topk", k=3, trainer=trainer, random_state=0)
        return len(model.fit(activations[0]).dead_units_)

    with_rescue = dead()
    monkeypatch.setattr(
        "latens.networks.bottlenecks.dictionary._Rescue.dead",
        lambda self, z: torch.zeros(z.shape[1], dtype=torch.bool),
    )
    assert with_rescue < dead()


def test_a_threshold_of_its_own_is_learned_for_every_unit(activations):
    trainer = Trainer(max_epochs=3, callbacks=())
    model = SparseAutoencoder(64, penalty="jumprelu", k=3, trainer=trainer, random_state=0)
    ratios = model.fit(activations[0][:2000]).network_.bottleneck.log_ratios.detach()
    assert ratios.std() > 1e-3


def test_over_complete_dictionaries_are_linear_and_others_get_what_others_get(activations):
    X = activations[0][:200]
    quick = {"trainer": Trainer(max_epochs=1, callbacks=()), "random_state": 0}
    linear = SparseAutoencoder(40, penalty="batch_topk", **quick).fit(X)
    assert linear._factory().hidden == ()
    assert SparseAutoencoder(5, penalty="batch_topk", **quick).fit(X)._factory().hidden != ()
    assert SparseAutoencoder(40, penalty="topk", **quick).fit(X)._factory().hidden != ()
    assert linear._active_numbers() == 6  # the root of 40


def test_dictionaries_come_back_from_a_file_and_code_every_row_alone(
    dictionary, activations, tmp_path
):
    import latens

    X = activations[0][:100]
    dictionary.save(tmp_path / "model")
    loaded = latens.load_model(tmp_path / "model")
    np.testing.assert_array_equal(loaded.transform(X), dictionary.transform(X))
    alone = np.vstack([dictionary.transform(X[i : i + 1]) for i in range(10)])
    np.testing.assert_allclose(alone, dictionary.transform(X)[:10], atol=1e-5)


def test_a_mapped_file_gives_the_dictionary_of_the_same_rows_in_memory(activations, tmp_path):
    X = activations[0][:600]
    np.save(tmp_path / "rows.npy", X)
    mapped = np.load(tmp_path / "rows.npy", mmap_mode="r")
    quick = {"k": 3, "trainer": Trainer(max_epochs=2, callbacks=()), "random_state": 0}
    codes = [
        SparseAutoencoder(64, penalty="batch_topk", **quick).fit(rows).transform(X)
        for rows in (mapped, X)
    ]
    np.testing.assert_allclose(codes[0], codes[1], atol=1e-5)


@pytest.mark.parametrize("value", [0.1, 0.7, 3.3])
def test_nothing_is_explained_of_equal_samples(value):
    X = np.full((50, 6), value)
    trainer = Trainer(max_epochs=1, callbacks=())
    model = SparseAutoencoder(8, penalty="topk", trainer=trainer).fit(X)
    assert np.isnan(model.explained_variance(X))
