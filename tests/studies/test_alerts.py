"""Each alert on a training that went wrong in that way, and silence on one that went right."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from latens.data import Dataset
from latens.models import VAE, VQVAE, Autoencoder, BetaVAE, SparseAutoencoder
from latens.networks import MLP
from latens.studies import check_study
from latens.studies import representations as represent
from latens.studies.alerts import data_alerts, model_alerts
from latens.studies.preparation import prepare
from latens.training import Trainer

NETWORK = MLP((48,))


def trainer(epochs=30, **settings):
    return Trainer(max_epochs=epochs, batch_size=64, callbacks=(), **settings)


@pytest.fixture(scope="module")
def data():
    return prepare(check_study({"data": {"source": "digits"}}, "test"))


def fit(data, kind, latent_dim=4, epochs=30, **parameters):
    return kind(
        latent_dim, network=NETWORK, trainer=trainer(epochs), random_state=0, **parameters
    ).fit(data.train.X)


def alerts_of(data, model):
    representation = represent.learned(data, "it", model, 1.0)
    return {one.title: one.text for one in model_alerts(representation, model, data)}


@pytest.fixture(scope="module")
def healthy(data):
    return fit(data, Autoencoder, epochs=60)


def test_healthy_trainings_are_quiet(data, healthy):
    for model in (
        healthy,
        fit(data, VAE),
        fit(data, VQVAE, n_rows=16),
        fit(data, SparseAutoencoder, 8, penalty="kl"),
    ):
        assert alerts_of(data, model) == {}


def test_a_beta_that_is_too_large_is_a_collapse_and_says_so(data):
    text = alerts_of(data, fit(data, BetaVAE, epochs=5, beta=1e4))["it: posterior collapse"]
    assert text.startswith("All dimensions of the code are no longer told apart from the prior")
    for way_out in ("smaller beta", "warm-up", "free bits"):
        assert way_out in text


def test_only_the_numbers_that_collapsed_are_counted(data):
    model = fit(data, VAE)
    head = model.network_.bottleneck
    with torch.no_grad():
        for layer in (head.mean, head.log_variance):
            layer.weight[1] = 0
            layer.bias[1] = 0
    text = alerts_of(data, model)["it: posterior collapse"]
    assert text.startswith("1 of the 4 dimensions of the code is ")


def test_a_penalty_that_is_too_large_kills_units(data):
    model = fit(data, SparseAutoencoder, 12, epochs=15, penalty="l1", weight=3.0)
    dead = int((model.transform(data.train.X) == 0).all(axis=0).sum())
    text = alerts_of(data, model)["it: dead units"]
    assert dead > 0
    assert text.startswith("All dimensions" if dead == 12 else f"{dead} of the 12 dimensions")
    assert "smaller penalty" in text


def test_dimensions_that_are_constant_but_not_zero_are_unused(data):
    model = fit(data, Autoencoder, epochs=2)
    with torch.no_grad():
        model.network_.bottleneck.head.weight[2] = 0
        model.network_.bottleneck.head.bias[2] = 5
    alerts = alerts_of(data, model)
    assert alerts["it: unused dimensions"].startswith(
        "1 of the 4 dimensions of the code is the same"
    )
    assert "it: dead units" not in alerts


def test_a_codebook_that_is_hardly_used_is_counted(data):
    model = fit(data, VQVAE, epochs=2, n_rows=64)
    with torch.no_grad():
        # Rows that no word is close to.
        model.network_.bottleneck.codebook[:, 8:] = 1e6
    usage = model.usage(data.train.X)
    used = float((usage > 0).sum(axis=1).mean())
    shares = usage / usage.sum(axis=1, keepdims=True)
    entropies = [-sum(p * np.log(p) for p in word if p > 0) for word in shares]
    text = alerts_of(data, model)["it: unused codebook rows"]
    assert f"Of 64 rows for each word, {used:.3g} are in use" in text
    assert f"perplexity {np.exp(entropies).mean():.3g})" in text


def test_more_rows_than_samples_are_no_fault():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(100, 6))
    small = replace(
        prepare(check_study({"data": {"source": "digits"}}, "test")),
        scored_train=np.arange(60),
        scored_test=np.arange(20),
    )
    small = replace(small, train=Dataset(X), test=Dataset(X))
    model = VQVAE(2, n_rows=4096, network=NETWORK, trainer=trainer(3), random_state=0).fit(X)
    assert "it: unused codebook rows" not in alerts_of(small, model)


def test_outputs_that_are_stuck_at_a_bound_are_found(data, healthy):
    stuck = fit(data, Autoencoder, epochs=1)
    with torch.no_grad():
        stuck.network_.decoder[-3].bias[:32] = 100
    text = alerts_of(data, stuck)["it: saturated outputs"]
    reconstructed = stuck.reconstruct(data.test.X) / 16
    truth = data.test.X / 16
    wrong = (np.minimum(reconstructed, 1 - reconstructed) < 1e-3) & (
        np.abs(reconstructed - truth) > 0.1
    )
    assert text.startswith(f"{wrong.mean():.0%} of the reconstructed values")
    # The digits are black for the most part; to rebuild them so is no fault.
    assert (healthy.reconstruct(data.test.X) / 16 < 1e-3).mean() > 0.05
    assert "it: saturated outputs" not in alerts_of(data, healthy)


def test_codes_that_are_not_finite_are_named_and_nothing_else_is_tried(data, healthy):
    representation = represent.learned(data, "it", healthy, 1.0)
    broken = replace(representation, test=np.full_like(representation.test, np.nan))
    (alert,) = model_alerts(broken, healthy, data)
    assert alert.title == "it: codes that are not numbers"
    assert "learning rate" in alert.text


def test_overfitting_is_a_held_out_loss_far_above_the_other(data):
    few = replace(data, train=data.train.take(np.arange(200)), scored_train=np.arange(200))
    quick = Trainer(max_epochs=100, batch_size=16, callbacks=())
    model = Autoencoder(48, network=MLP((512,)), trainer=quick, random_state=0).fit(few.train.X)
    best = model.history_.best
    assert best.validation_loss > 2 * best.loss
    text = alerts_of(few, model)["it: overfitting"]
    assert f"{best.validation_loss / best.loss:.1f} times the training loss" in text


def test_likelihoods_below_zero_are_no_overfitting(data):
    model = fit(data, VAE)
    best = model.history_.best
    assert best.loss < 0
    assert "it: overfitting" not in alerts_of(data, model)


def test_an_interrupted_training_says_which_weights_are_kept(data):
    from latens.training import StopTraining

    class Stop:
        def on_start(self, plan): ...

        def on_heartbeat(self, progress): ...

        def on_epoch(self, epoch):
            if epoch.number == 2:
                raise StopTraining

        def on_end(self, history): ...

    model = Autoencoder(2, network=NETWORK, trainer=trainer(9), random_state=0)
    model.set_params(trainer__callbacks=(Stop(),)).fit(data.train.X)
    text = alerts_of(data, model)["it: interrupted"]
    assert (
        text == f"Stopped in epoch 3; the weights are those of epoch {model.history_.best.number}."
    )


def test_equal_samples_and_constant_columns_are_about_the_data(data):
    same = replace(data, train=Dataset(np.full((30, 4), 3.0)))
    same = replace(same, scored_train=np.arange(30))
    assert data_alerts(same)[-1].title == "The samples do not differ"
    X = np.random.default_rng(0).normal(size=(30, 4))
    X[:, 1] = 7
    (alert,) = data_alerts(replace(same, train=Dataset(X)))
    assert alert.text.startswith("1 of 4 columns")
    assert data_alerts(data) == []


def test_a_constant_number_of_very_many_codes_is_said(data, healthy):
    codes = np.random.default_rng(0).normal(size=(100_000, 4)).astype(np.float32)
    codes[:, 2] = 7.3
    assert codes.std(axis=0)[2] > 1e-3  # what float32 makes of it
    representation = replace(represent.learned(data, "it", healthy, 1.0), train=codes)
    titles = {one.title for one in model_alerts(representation, healthy, data)}
    assert titles == {"it: unused dimensions"}


def test_a_training_that_is_cut_while_the_loss_falls_says_so(data):
    model = fit(data, Autoencoder, epochs=2)
    assert "after 2 epochs" in alerts_of(data, model)["it: training cut short"]


def test_a_likelihood_that_rises_after_its_best_epoch_is_overfitting(data):
    few = replace(data, train=data.train.take(slice(0, 80)), scored_train=np.arange(80))
    settings = Trainer(
        max_epochs=150, batch_size=16, patience=150, callbacks=(), validation_fraction=0.25
    )
    model = VAE(8, network=MLP((256, 256)), trainer=settings, random_state=0).fit(few.train.X)
    assert model.history_.best.validation_loss < 0
    assert "and rose to" in alerts_of(few, model)["it: overfitting"]


def test_copies_across_the_split_are_counted(data):
    assert "Copies across the split" not in {one.title for one in data_alerts(data)}
    X = data.test.X.copy()
    X[: len(X) // 2] = data.train.X[: len(X) // 2]
    assert text_on_copies(data, X).startswith(
        "179 of 359 scored held-out samples are exact copies of samples trained on (49.9%): row "
    )


def text_on_copies(data, X):
    copied = replace(data, test=replace(data.test, X=X))
    (text,) = [one.text for one in data_alerts(copied) if one.title == "Copies across the split"]
    return text


def test_a_single_copy_is_named_with_its_original_by_row(data):
    X = data.test.X.copy()
    X[7] = data.train.X[11]
    text = text_on_copies(data, X)
    held_out, original = data.test.rows[7], data.train.rows[11]
    assert text.startswith("1 of 359 scored held-out samples is an exact copy of samples trained")
    assert f"row {held_out} (held out) is row {original} (trained on). " in text


def test_few_copies_in_a_table_may_be_chance():
    table = prepare(check_study({"data": {"source": "digits"}}, "test"))
    flat = [replace(part, X=part.X.reshape(len(part), -1)) for part in (table.train, table.test)]
    table = replace(table, train=flat[0], test=flat[1])
    X = table.test.X.copy()
    X[7] = table.train.X[11]
    assert "chance of coarse values" in text_on_copies(table, X)
    X[:10] = table.train.X[:10]
    assert "Remove the copies" in text_on_copies(table, X)
