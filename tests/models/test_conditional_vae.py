import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import latens
from latens.exceptions import DataError, ParameterError
from latens.models import VAE, ConditionalVAE
from latens.networks import MLP
from latens.objectives import Batch
from latens.training import Trainer


@pytest.fixture(scope="module")
def fitted(images, classes):
    trainer = Trainer(max_epochs=35, learning_rate=3e-3, callbacks=())
    model = ConditionalVAE(6, network=MLP((128, 64)), trainer=trainer, random_state=0)
    return model.fit(images, classes)


def test_samples_of_a_class_are_taken_for_that_class(fitted, images, classes):
    """By a classifier that never saw the model."""
    judge = KNeighborsClassifier(5).fit(images.reshape(len(images), -1), classes)
    wanted = np.repeat(np.arange(10), 50)
    new = fitted.sample(500, y=wanted, random_state=0).reshape(500, -1)
    assert (judge.predict(new) == wanted).mean() >= 0.9
    assert new.std(axis=0).mean() > 1  # and they are not ten samples over and over


def test_the_encoder_needs_no_labels_and_gets_none(fitted, images, classes):
    assert fitted.transform(images[:20]).shape == (20, 6)
    x = fitted.scaled_samples(images).rows(0, 20)
    seen = []
    hook = fitted.network_.encoder.register_forward_pre_hook(lambda _, args: seen.append(args[0]))
    fitted.objective_(fitted.network_, Batch(x, torch.arange(20), torch.arange(20) % 10))
    hook.remove()
    assert len(seen) == 1
    assert torch.equal(seen[0], x)


def test_a_code_decoded_as_another_class_becomes_that_class(fitted, images, classes):
    judge = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))
    judge.fit(images.reshape(len(images), -1), classes)
    Z = fitted.transform(images[:200])
    as_threes = fitted.inverse_transform(Z, 3).reshape(200, -1)
    assert (judge.predict(as_threes) == 3).mean() > 0.8


def test_the_class_makes_reconstructions_better(fitted, images, classes):
    def error(y):
        return np.square(fitted.reconstruct(images, y) - images).mean()

    wrong = (classes + 1) % 10
    assert error(classes) < error(None) < error(wrong)
    unknown = np.full(len(images), -1)
    np.testing.assert_allclose(
        fitted.reconstruct(images, unknown), fitted.reconstruct(images), atol=1e-4
    )


def test_the_codes_tell_less_about_the_class_than_those_of_a_vae(fitted, images, classes):
    vae = VAE(6, network=MLP((128, 64)), trainer=fitted.trainer, random_state=0).fit(images)

    def told(model):
        Z = model.transform(images)
        judge = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))
        return judge.fit(Z[:1000], classes[:1000]).score(Z[1000:], classes[1000:])

    assert told(fitted) < told(vae) - 0.1


def test_samples_without_a_class_are_as_frequent_as_in_the_data():
    rng = np.random.default_rng(0)
    y = np.where(rng.random(400) < 0.2, "few", "many")
    X = np.where(y == "few", 10.0, -10.0)[:, None] + rng.normal(size=(400, 4))
    trainer = Trainer(max_epochs=30, callbacks=())
    model = ConditionalVAE(2, trainer=trainer, random_state=0).fit(X, y)
    assert model.classes_.tolist() == ["few", "many"]
    share = (y == "few").mean()
    np.testing.assert_allclose(model.objective_.shares, [share, 1 - share], rtol=1e-6)
    drawn = model.sample(1000, random_state=0)
    assert (drawn.mean(axis=1) > 0).mean() == pytest.approx(share, abs=0.04)


def test_a_share_of_labels_may_be_missing_and_no_label_at_all_may_not(images, classes, brief):
    half = np.where(np.arange(300) % 2, classes[:300], -1)
    assert ConditionalVAE(3, **brief).fit(images[:300], half).classes_.tolist() == list(range(10))
    for labels in (None, np.full(300, -1)):
        with pytest.raises(DataError, match="ConditionalVAE"):
            ConditionalVAE(3, **brief).fit(images[:300], labels)


def test_codes_decoded_without_a_class_teach_the_encoder_nothing(fitted, images, monkeypatch):
    """Else it would put the class into the code again."""
    x = fitted.scaled_samples(images).rows(0, 20)
    batch = Batch(x, torch.arange(20), torch.arange(20) % 10)
    objective = fitted.objective_
    network = fitted.network_.train()

    def gradient():
        network.zero_grad()
        torch.manual_seed(0)
        objective(network, batch).total.backward()
        return network.bottleneck.mean.weight.grad.clone()

    with_blind = gradient()
    monkeypatch.setattr(objective.blind, "forward", lambda output, x: torch.zeros(len(x)))
    without = gradient()
    network.eval()
    assert with_blind.any()
    torch.testing.assert_close(with_blind, without)


def test_classes_that_are_not_there_are_named(fitted):
    with pytest.raises(DataError, match=r"no class .*'cat'.* It has: 0, 1, 2"):
        fitted.sample(2, y="cat")
    with pytest.raises(DataError, match="y must be one label"):
        fitted.sample(2, y=[1, 2, 3])
    with pytest.raises(ParameterError, match="'n_samples'"):
        fitted.sample(0)


def test_a_model_from_a_file_draws_the_same_samples(fitted, tmp_path):
    fitted.save(tmp_path / "model")
    loaded = latens.load_model(tmp_path / "model")
    for y in (None, 4):
        np.testing.assert_allclose(
            loaded.sample(20, y=y, random_state=0),
            fitted.sample(20, y=y, random_state=0),
            atol=1e-4,
        )


def test_the_page_decodes_without_a_class(fitted):
    from latens.explorer.decoders import decoder_of

    reading = decoder_of(fitted, fitted.codes_, most_numbers=10**7)
    assert reading.decoder is not None
    assert [layer.op for layer in reading.decoder.layers[:2]] == ["linear", "linear"]


def test_a_score_is_that_of_what_is_reconstructed_without_a_class(fitted, images):
    """By the variance that was learned for it, which is larger than that with the class."""
    assert fitted.objective_.blind.variance > fitted.objective_.reconstruction.variance
    difference = fitted.scaling_.apply(fitted.reconstruct(images)) - fitted.scaling_.apply(images)
    error = np.square(difference).reshape(len(images), -1).mean(1)
    variance = float(fitted.objective_.blind.variance)
    expected = -0.5 * (error / variance + np.log(2 * np.pi * variance))
    np.testing.assert_allclose(fitted.score_samples(images), expected, atol=2e-3)


def test_minus_one_among_words_means_no_label(images, brief):
    y = np.array(["high", "-1", "low"] * 100)
    model = ConditionalVAE(3, **brief).fit(images[:300], y)
    assert model.classes_.tolist() == ["high", "low"]
    assert model.sample(3, y=["high", -1, "low"]).shape == (3, 8, 8)


def test_none_means_no_class_in_use_too(fitted):
    Z = np.zeros((2, fitted.latent_dim), dtype=np.float32)
    without = fitted.inverse_transform(Z, y=[None, None])
    np.testing.assert_array_equal(without, fitted.inverse_transform(Z, y=[-1, -1]))


def test_a_second_fit_takes_up_its_own_checkpoint(images, classes, settings, tmp_path):
    trainer = Trainer(max_epochs=1, checkpoint=tmp_path / "state", callbacks=())
    model = ConditionalVAE(3, **settings | {"trainer": trainer})
    first = model.fit(images[:300], classes[:300]).transform(images[:9])
    second = model.fit(images[:300], classes[:300]).transform(images[:9])
    np.testing.assert_array_equal(first, second)
