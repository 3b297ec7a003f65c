"""What every kind of autoencoder keeps to. The list of kinds is `latens.models.__all__` and no other."""

import ast
import json
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.utils.estimator_checks import parametrize_with_checks

import latens
from latens import models
from latens._validation import check_parameters
from latens.exceptions import DataError, ModelError, ParameterError
from latens.networks import MLP, ConvNet
from latens.objectives import Batch
from latens.training import Trainer

KINDS = [getattr(models, name) for name in models.__all__]

# scikit-learn's checks that a kind may fail, each with its reason. There is none so far.
EXPECTED_FAILURES: dict[str, dict[str, str]] = {}

# Kinds that cannot have every network, each with its reason.
DENSE_ONLY = {
    "StackedAutoencoder": "it is trained layer by layer, which needs the layers of an MLP"
}

QUICK = Trainer(max_epochs=2, batch_size=16, callbacks=())


def quick(kind, **parameters):
    """A kind with a small network and two epochs."""
    settings = {"latent_dim": 3, "network": MLP((16,)), "trainer": QUICK, "random_state": 0}
    return kind(**{**settings, **parameters})


def labels_of(X) -> np.ndarray:
    """Labels for the kinds that learn from them; the others ignore them."""
    return (np.arange(len(X)) % 3).astype(int)


@pytest.fixture(scope="module")
def X() -> np.ndarray:
    rng = np.random.default_rng(0)
    return rng.normal(size=(80, 3)) @ rng.normal(size=(3, 7)) + 5


@pytest.fixture(scope="module")
def fitted(X) -> Callable[[type], models.BaseAutoencoder]:
    """Models of a kind for tests that leave them as they are, each fitted once."""
    known = {}

    def of(kind):
        if kind not in known:
            known[kind] = quick(kind).fit(X, labels_of(X))
        return known[kind]

    return of


def test_the_list_of_kinds_is_complete():
    """Every class in `models/` that can be fitted is in `__all__`, and `__all__` is not empty."""
    folder = Path(models.__file__).parent
    classes = {
        node.name
        for file in folder.glob("*.py")
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef)
        and any(isinstance(base, ast.Name) and base.id == "BaseAutoencoder" for base in node.bases)
    }
    assert classes == set(models.__all__)
    assert len(models.__all__) >= 1
    assert len(KINDS) == len(models.__all__)


def test_listing_the_kinds_loads_no_torch():
    code = (
        "import sys, latens, latens.models; latens.models.__all__; sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


HEADINGS = (
    "Use it when",
    "Do not use it when",
    "Idea",
    "Objective",
    "Parameters that matter",
    "What to look at afterwards",
    "Cost",
    "References",
)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_page_with_the_fixed_headings(kind):
    name = kind.__module__.rpartition(".")[2]
    page = Path(__file__).parents[2] / "docs" / "models" / f"{name}.md"
    lines = page.read_text(encoding="utf-8").splitlines()
    assert lines[0] == f"# {kind.__name__}"
    assert tuple(line[3:] for line in lines if line.startswith("## ")) == HEADINGS


@parametrize_with_checks(
    [quick(kind) for kind in KINDS],
    expected_failed_checks=lambda kind: EXPECTED_FAILURES.get(type(kind).__name__, {}),
)
def test_scikit_learn_checks(estimator, check):
    check(estimator)


@pytest.mark.parametrize("kind", KINDS)
def test_every_parameter_has_a_constraint_that_is_enforced(kind, X):
    model = quick(kind)
    assert set(kind._constraints) == set(model.get_params(deep=False))
    for name in kind._constraints:
        wrong = clone(model).set_params(**{name: object()})
        with pytest.raises(ParameterError, match=f"The '{name}' parameter of {kind.__name__} must"):
            wrong.fit(X, labels_of(X))


@pytest.mark.parametrize("kind", KINDS)
def test_defaults_are_legal(kind):
    check_parameters(kind())


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_result_and_another_seed_another(kind, X):
    first = quick(kind).fit(X, labels_of(X)).transform(X)
    np.testing.assert_array_equal(quick(kind).fit(X, labels_of(X)).transform(X), first)
    assert not np.allclose(quick(kind, random_state=1).fit(X, labels_of(X)).transform(X), first)


@pytest.mark.parametrize("kind", KINDS)
def test_transform_never_draws(kind, fitted, X):
    model = fitted(kind)
    np.testing.assert_array_equal(model.transform(X), model.transform(X))


@pytest.mark.parametrize("kind", KINDS)
def test_rows_are_independent_of_each_other(kind, fitted, X):
    model = fitted(kind)
    np.testing.assert_allclose(model.transform(X[::-1])[::-1], model.transform(X), atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_save_and_load_give_the_same_output(kind, fitted, X, tmp_path):
    model = fitted(kind)
    model.save(tmp_path / "model")
    loaded = latens.load_model(tmp_path / "model")
    assert type(loaded) is kind
    np.testing.assert_array_equal(loaded.transform(X), model.transform(X))
    np.testing.assert_array_equal(loaded.reconstruct(X), model.reconstruct(X))
    np.testing.assert_array_equal(loaded.score_samples(X), model.score_samples(X))
    assert loaded.history_.to_json() == model.history_.to_json()
    assert loaded.get_params()["latent_dim"] == model.latent_dim
    files = {file.name for file in (tmp_path / "model").iterdir()}
    assert files == {"model.json", "weights.safetensors"}


@pytest.mark.parametrize("kind", KINDS)
def test_estimators_pickle(kind, fitted, X):
    model = fitted(kind)
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(again.transform(X), model.transform(X))


@pytest.mark.parametrize("kind", KINDS)
def test_every_parameter_receives_a_gradient(kind, X):
    model = quick(kind).fit(X, labels_of(X))
    samples = model.scaled_samples(np.asarray(X))
    rows = torch.arange(32)
    model.network_.train()
    batch = Batch(samples.batch(rows).x, rows, rows % 3)
    for phase in model.objective_.phases(model.network_):
        for parameter in phase.parameters:
            parameter.grad = None
        phase.loss(model.network_, batch).total.backward()
        missing = [
            p.shape for p in phase.parameters if p.grad is None or not p.grad.abs().sum() > 0
        ]
        assert phase.parameters
        assert not missing, f"{phase.name}: no gradient reaches {missing}"


@pytest.mark.parametrize("kind", KINDS)
def test_fit_leaves_data_and_global_random_state_alone(kind, X):
    before, numpy_state = X.copy(), np.random.get_state()[1].copy()  # noqa: NPY002
    torch_state = torch.get_rng_state()
    X.setflags(write=False)
    quick(kind).fit(X, labels_of(X)).transform(X)
    np.testing.assert_array_equal(X, before)
    np.testing.assert_array_equal(np.random.get_state()[1], numpy_state)  # noqa: NPY002
    assert torch.equal(torch.get_rng_state(), torch_state)


@pytest.mark.parametrize("kind", KINDS)
def test_training_brings_reconstructions_closer(kind, X):
    # A beta of 4 may rightly give up the code of 80 samples.
    parameters = {"beta": 0.5} if "beta" in kind._constraints else {}

    def error(epochs):
        trainer = Trainer(
            max_epochs=epochs, batch_size=16, learning_rate=0.01, patience=epochs, callbacks=()
        )
        model = quick(kind, trainer=trainer, **parameters).fit(X, labels_of(X))
        return np.square(model.reconstruct(X) - X).mean()

    assert error(60) < 0.9 * error(1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", [(11, 13), (9, 16, 3)])
@pytest.mark.parametrize("network", [MLP((16,)), ConvNet((4, 8)), None])
def test_images_come_back_in_their_shape_and_units(kind, shape, network):
    images = np.random.default_rng(0).integers(0, 256, (40, *shape), dtype=np.uint8)
    if kind.__name__ in DENSE_ONLY and isinstance(network, ConvNet):
        with pytest.raises(ParameterError, match="layer by layer"):
            quick(kind, network=network).fit(images, labels_of(images))
        return
    model = quick(kind, network=network).fit(images, labels_of(images))
    reconstructed = model.reconstruct(images)
    assert reconstructed.shape == images.shape
    assert reconstructed.dtype == np.float32
    assert model.sample(5, random_state=0).shape == (5, *shape)
    assert reconstructed.min() >= 0
    assert reconstructed.max() <= 255
    codes = model.transform(images)
    assert codes.shape == (40, 3)
    np.testing.assert_allclose(model.inverse_transform(codes), reconstructed, atol=0.05)
    with pytest.raises(DataError, match="fitted on samples of shape"):
        model.transform(images[:, 1:])


@pytest.mark.parametrize("kind", KINDS)
def test_float64_is_kept_throughout(kind, X):
    trainer = Trainer(max_epochs=1, dtype="float64", callbacks=())
    assert quick(kind, trainer=trainer).fit(X, labels_of(X)).transform(X).dtype == np.float64


@pytest.mark.parametrize("kind", KINDS)
def test_set_output_names_the_codes(kind, X):
    frame = quick(kind).set_output(transform="pandas").fit_transform(X, labels_of(X))
    assert list(frame.columns) == [f"{kind.__name__.lower()}{i}" for i in range(3)]


@pytest.mark.parametrize("kind", KINDS)
def test_codes_of_the_wrong_width_are_refused(kind, fitted):
    with pytest.raises(DataError, match=r"must have shape \(n_samples, 3\)"):
        fitted(kind).inverse_transform(np.zeros((2, 4)))


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_model_is_refused_in_one_line(kind, fitted, tmp_path):
    path = fitted(kind).save(tmp_path / "model")
    with pytest.raises(ModelError, match="exists already"):
        fitted(kind).save(path)
    weights = path / "weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    with pytest.raises(ModelError, match="damaged"):
        latens.load_model(path)
    about = json.loads((path / "model.json").read_text())
    about["kind"] = "os.system"
    (path / "model.json").write_text(json.dumps(about))
    with pytest.raises(ModelError, match="does not have"):
        latens.load_model(path)
