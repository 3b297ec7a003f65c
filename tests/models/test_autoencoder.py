"""What the plain autoencoder means, and what its estimator takes."""

import numpy as np
import pandas
import polars
import pytest
import scipy.sparse
import torch
from scipy.linalg import subspace_angles
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import latens
from latens.exceptions import DataError, ModelError, ParameterError, TrainingError
from latens.models import Autoencoder
from latens.networks import MLP, Parts
from latens.training import Callback, Trainer

QUICK = Trainer(max_epochs=2, callbacks=())


@pytest.fixture(scope="module")
def X() -> np.ndarray:
    rng = np.random.default_rng(0)
    return rng.normal(size=(400, 3)) @ rng.normal(size=(3, 8)) + 0.1 * rng.normal(size=(400, 8))


def test_a_linear_autoencoder_finds_the_subspace_and_the_error_of_pca(X):
    """Baldi and Hornik (1989): the only minimum of a linear autoencoder is PCA's subspace."""
    trainer = Trainer(max_epochs=200, learning_rate=0.02, validation_fraction=0, callbacks=())
    model = Autoencoder(3, network=MLP(()), trainer=trainer, random_state=0).fit(X)
    scaled = model.scaling_.apply(X)
    pca = PCA(3).fit(scaled)
    basis = model.network_.decoder[0].weight.detach().numpy()
    angles = subspace_angles(basis.astype(float), pca.components_.T)
    assert np.degrees(angles.max()) < 1
    error = np.square(scaled - pca.inverse_transform(pca.transform(scaled))).mean()
    assert -model.score(X) == pytest.approx(error, rel=0.01)


def test_score_samples_are_the_negative_errors_and_larger_for_normal_samples(X):
    trainer = Trainer(max_epochs=60, callbacks=())
    model = Autoencoder(3, trainer=trainer, random_state=0).fit(X)
    error = np.square(model.scaling_.apply(X) - model.scaling_.apply(model.reconstruct(X)))
    np.testing.assert_allclose(model.score_samples(X), -error.mean(axis=1), rtol=1e-3)
    strange = np.random.default_rng(1).normal(size=(50, 8)) * 10
    assert np.median(model.score_samples(strange)) < model.score_samples(X).min()


@pytest.mark.parametrize(
    "convert",
    [
        pandas.DataFrame,
        lambda X: polars.DataFrame(X),
        torch.from_numpy,
        scipy.sparse.csr_array,
        lambda X: X.tolist(),
        np.asfortranarray,
    ],
    ids=["pandas", "polars", "torch", "sparse", "list", "fortran"],
)
def test_every_container_gives_the_codes_of_the_array(convert, X):
    settings = {"latent_dim": 2, "network": MLP((8,)), "trainer": QUICK, "random_state": 0}
    expected = Autoencoder(**settings).fit(X).transform(X)
    model = Autoencoder(**settings).fit(convert(X))
    np.testing.assert_allclose(model.transform(convert(X)), expected, atol=1e-5)


def test_columns_are_remembered(X, tmp_path):
    frame = pandas.DataFrame(X, columns=list("abcdefgh"))
    model = Autoencoder(2, trainer=QUICK, random_state=0).fit(frame)
    model.save(tmp_path / "model")
    for known in (model, latens.load_model(tmp_path / "model")):
        with pytest.raises(ValueError, match="feature names should match"):
            known.transform(frame[list("hgfedcba")])


def test_memory_mapped_data_train_like_the_array(X, tmp_path):
    np.save(tmp_path / "X.npy", X)
    settings = {"latent_dim": 2, "trainer": QUICK, "random_state": 0}
    expected = Autoencoder(**settings).fit(X).transform(X)
    mapped = np.load(tmp_path / "X.npy", mmap_mode="r")
    np.testing.assert_array_equal(Autoencoder(**settings).fit(mapped).transform(mapped), expected)


def test_it_works_in_a_pipeline_and_in_a_search_over_its_trainer(X):
    pipeline = make_pipeline(
        StandardScaler(), Autoencoder(trainer=Trainer(max_epochs=2, callbacks=()), random_state=0)
    )
    grid = {
        "autoencoder__latent_dim": [1, 3],
        "autoencoder__trainer__learning_rate": [1e-5, 1e-2],
    }
    search = GridSearchCV(pipeline, grid, cv=2).fit(X)
    assert search.best_params_["autoencoder__trainer__learning_rate"] == 1e-2


def test_cross_entropy_needs_data_between_0_and_1(X):
    with pytest.raises(ParameterError, match=r"cannot use .bce. for a table with values outside"):
        Autoencoder(reconstruction="bce", trainer=QUICK).fit(X)
    unit = (X - X.min()) / (X.max() - X.min())
    model = Autoencoder(reconstruction="bce", trainer=QUICK).fit(unit)
    assert isinstance(model.network_.output, torch.nn.Sigmoid)


@pytest.mark.parametrize("shape", [(30, 1), (2, 5), (3, 1, 1)])
def test_small_and_narrow_data_work(shape):
    X = np.random.default_rng(0).normal(size=shape)
    model = Autoencoder(1, trainer=QUICK, random_state=0).fit(X)
    assert model.reconstruct(X).shape == shape


def test_constant_columns_and_repeated_rows_work():
    X = np.tile([1.0, 5.0, 5.0], (500, 1))
    model = Autoencoder(2, trainer=QUICK, random_state=0).fit(X)
    np.testing.assert_allclose(model.reconstruct(X), X, atol=1.0)
    assert np.isfinite(model.transform(X)).all()


def test_one_sample_is_too_few():
    with pytest.raises(ValueError, match="minimum of 2 is required"):
        Autoencoder(trainer=QUICK).fit(np.zeros((1, 3)))


def test_arrays_of_five_dimensions_are_refused():
    with pytest.raises(DataError, match="X must have shape"):
        Autoencoder(trainer=QUICK).fit(np.zeros((4, 2, 2, 2, 2)))


class Halving:
    """A user's own network factory, known to nobody else."""

    def build(self, input_shape, code_dim):
        n = input_shape[0]
        encoder = torch.nn.Linear(n, n // 2)
        return Parts(encoder, torch.nn.Linear(code_dim, n), width=n // 2)


def test_a_network_of_ones_own_loads_when_it_is_passed_and_never_by_name(X, tmp_path):
    model = Autoencoder(2, network=Halving(), trainer=QUICK, random_state=0).fit(X)
    path = model.save(tmp_path / "model")
    with pytest.raises(ModelError, match=r"'Halving'.*Pass it: load_model\(path, network="):
        latens.load_model(path)
    loaded = latens.load_model(path, network=Halving())
    np.testing.assert_array_equal(loaded.transform(X), model.transform(X))
    with pytest.raises(ModelError, match="damaged or incomplete"):
        latens.load_model(path, network=MLP((4,)))


def test_images_in_channels_last_layout_load_with_equal_weights(tmp_path):
    images = np.random.default_rng(0).integers(0, 255, (30, 12, 10, 3), dtype=np.uint8)
    model = Autoencoder(2, trainer=QUICK, random_state=0).fit(images)
    model.network_.to(memory_format=torch.channels_last)
    loaded = latens.load_model(model.save(tmp_path / "model"))
    np.testing.assert_allclose(loaded.transform(images), model.transform(images), atol=1e-6)


def test_a_failed_save_leaves_nothing_behind(X, tmp_path):
    model = Autoencoder(2, trainer=QUICK, random_state=0).fit(X)
    model.scaling_ = None
    with pytest.raises(AttributeError):
        model.save(tmp_path / "model")
    assert list(tmp_path.iterdir()) == []


def test_the_cost_is_estimated_without_fitting(X):
    model = Autoencoder(2, trainer=Trainer(max_epochs=7, callbacks=()))
    cost = model.estimate_cost(X)
    assert cost.plan.max_epochs == 7
    assert cost.seconds > 0
    assert not hasattr(model, "network_")
    assert Autoencoder(2, trainer=Trainer(time_limit=5)).estimate_cost(X).seconds == 5


def test_the_score_of_a_sample_does_not_depend_on_the_others(images, settings):
    """Not even where the loss is one root over the batch."""
    model = Autoencoder(4, reconstruction="rmse", **settings).fit(images[:200])
    together = model.score_samples(images[:50])
    alone = np.concatenate([model.score_samples(images[i : i + 1]) for i in range(50)])
    np.testing.assert_allclose(together, alone, rtol=1e-4)
    assert len(np.unique(together.round(4))) > 10


def test_images_after_a_table_leave_no_names_of_columns(images, settings):
    table = pandas.DataFrame(np.random.default_rng(0).normal(size=(40, 3)), columns=list("abc"))
    model = Autoencoder(2, **settings).fit(table)
    assert model.feature_names_in_.tolist() == ["a", "b", "c"]
    assert not hasattr(model.fit(images[:40]), "feature_names_in_")


def test_a_model_with_parameters_of_another_version_is_refused(X, tmp_path):
    path = Autoencoder(2, trainer=Trainer(max_epochs=1, callbacks=())).fit(X).save(tmp_path / "m")
    about = path / "model.json"
    written = about.read_text()
    for old, new in (('"latent_dim"', '"code_width"'), ('"max_epochs"', '"most_epochs"')):
        about.write_text(written.replace(old, new))
        with pytest.raises(ModelError, match="damaged or incomplete"):
            latens.load_model(path)


def test_after_a_training_that_failed_it_is_not_fitted(X):
    class Failing(Callback):
        def on_epoch(self, epoch):
            raise TrainingError("the disk is full")

    model = Autoencoder(2, trainer=Trainer(max_epochs=1, callbacks=())).fit(X)
    model.set_params(trainer=Trainer(max_epochs=1, callbacks=[Failing()]))
    with pytest.raises(TrainingError, match="disk"):
        model.fit(X)
    with pytest.raises(NotFittedError):
        model.transform(X)


def test_a_parameter_that_does_not_fit_the_data_leaves_no_random_weights(X):
    model = Autoencoder(2, trainer=Trainer(max_epochs=1, callbacks=())).fit(X)
    with pytest.raises(ParameterError, match="bce"):
        model.set_params(reconstruction="bce").fit(3 * X)
    with pytest.raises(NotFittedError):
        model.transform(X)


def test_some_samples_are_always_learned_from(X):
    trainer = Trainer(max_epochs=1, validation_fraction=0.999, callbacks=())
    assert Autoencoder(2, trainer=trainer).fit(X[:40]).history_.epochs
