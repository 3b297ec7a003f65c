"""Whatever is changed in a saved thing, opening it ends in the thing or in one line, and takes no memory."""

import hashlib
import json
import resource
import shutil
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import save_file

import latens
from latens.applications import Recommender, SimilarityIndex, load_denoiser, load_detector
from latens.exceptions import ModelError
from latens.models import Autoencoder
from latens.networks import MLP
from latens.training import Trainer

SAVED = Path(__file__).parent.parent / "fixtures" / "v0_1"
MIB = 2**20

# What is opened, its description, its numbers, and how it is opened.
THINGS = {
    "models/ConditionalVAE": ("model.json", "weights.safetensors", latens.load_model),
    "detectors/table": ("detector.json", "detector.safetensors", load_detector),
    "denoisers/Denoiser": ("denoiser.json", "weights.safetensors", load_denoiser),
    "denoisers/BlindDenoiser": ("denoiser.json", "weights.safetensors", load_denoiser),
    "recommenders/EASE": ("recommender.json", "tensors.safetensors", Recommender.load),
    "recommenders/InfiniteAE": ("recommender.json", "tensors.safetensors", Recommender.load),
    "recommenders/MultVAE": ("recommender.json", "tensors.safetensors", Recommender.load),
    "indexes/dense": ("index.json", "index.safetensors", SimilarityIndex.load),
    "indexes/bits": ("index.json", "index.safetensors", SimilarityIndex.load),
    "indexes/sparse": ("index.json", "index.safetensors", SimilarityIndex.load),
}


@pytest.fixture
def copy_of(tmp_path):
    def copy(name: str) -> Path:
        path = tmp_path / "thing"
        shutil.rmtree(path, ignore_errors=True)
        shutil.copytree(SAVED / name, path)
        return path

    return copy


def opens(load, path) -> bool:
    """Whether it opens; if not, it says so in one line of a length that can be read."""
    try:
        load(path)
    except ModelError as error:
        assert "\n" not in str(error)  # noqa: PT017
        assert len(str(error)) < 600  # noqa: PT017
        return False
    return True


def leaves(part, place=()):
    """The places of all values in JSON; of long lists the first."""
    yield place
    pairs = part.items() if isinstance(part, dict) else enumerate(part[:1])
    for key, value in pairs:
        if isinstance(value, dict | list):
            yield from leaves(value, (*place, key))
        else:
            yield (*place, key)


def with_value(about, place, value):
    """JSON with another value at a place; `...` takes it out."""
    changed = json.loads(json.dumps(about))
    if not place:
        return value
    part = changed
    for key in place[:-1]:
        part = part[key]
    if value is ...:
        del part[place[-1]]
    else:
        part[place[-1]] = value
    return changed


def rewrite(path: Path, numbers: str, tensors) -> None:
    save_file(tensors, path / numbers)
    if numbers == "index.safetensors":  # as whoever changes it would
        about = json.loads((path / "index.json").read_text())
        about["files"][numbers] = hashlib.sha256((path / numbers).read_bytes()).hexdigest()
        (path / "index.json").write_text(json.dumps(about))


def tensors_of(file: Path):
    with safe_open(file, framework="np") as opened:
        return {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118


@pytest.mark.parametrize("name", THINGS)
def test_any_value_of_a_description_may_be_another(name, copy_of):
    file, _, load = THINGS[name]
    path = copy_of(name)
    about = json.loads((path / file).read_text())
    assert opens(load, path)
    refused = 0
    for place in leaves(about):
        for value in ("x", 10**400):
            (path / file).write_text(json.dumps(with_value(about, place, value)))
            refused += not opens(load, path)
    assert refused > 0.6 * len(list(leaves(about)))
    # What a folder cannot do without.
    for key in ("format", "version", *list(about)[3:6]):
        (path / file).write_text(json.dumps(with_value(about, (key,), ...)))
        assert not opens(load, path)


@pytest.mark.parametrize("name", THINGS)
def test_any_tensor_may_be_another(name, copy_of):
    _, numbers, load = THINGS[name]
    path = copy_of(name)
    tensors = tensors_of(path / numbers)
    for one, values in tensors.items():
        wrong = np.full(values.shape, np.nan) if values.dtype.kind == "f" else values + 0.5
        changes = [wrong, values.astype("float16"), values[None]]
        changes += [
            np.zeros((0, *values.shape), values.dtype),
            np.array("").astype("S1").view("u1"),
        ]
        for change in changes:
            rewrite(path, numbers, tensors | {one: np.ascontiguousarray(change)})
            assert not opens(load, path), (one, change.shape)
        rewrite(path, numbers, {key: tensors[key] for key in tensors if key != one})
        assert not opens(load, path), one
    if not name.startswith("indexes"):
        rewrite(path, numbers, tensors | {"model.more": np.zeros(1)})
        assert not opens(load, path)


@pytest.mark.parametrize(
    ("name", "prefix"),
    [
        ("recommenders/InfiniteAE", "model.users."),
        ("recommenders/InfiniteAE", "liked."),
        ("recommenders/InfiniteAE", "seen."),
        ("indexes/sparse", ""),
    ],
)
def test_no_index_of_a_sparse_matrix_leads_out_of_it(name, prefix, copy_of):
    """Compiled code would follow it: of 150 changed numbers 21 ended the process."""
    _, numbers, load = THINGS[name]
    path = copy_of(name)
    tensors = tensors_of(path / numbers)
    for part in ("indices", "indptr"):
        for place in (0, 1, len(tensors[prefix + part]) // 2, -1):
            for wrong in (-1, 2**31 - 1, -(2**31), 1_000):
                changed = tensors[prefix + part].copy()
                changed[place] = wrong
                rewrite(path, numbers, tensors | {prefix + part: changed})
                assert not opens(load, path), (part, place, wrong)


def test_a_graph_of_version_0_1_is_never_read(copy_of):
    """Of 300 with changed bytes 38 ended the process, each with its checksum beside it."""
    pytest.importorskip("voyager", reason="voyager is not installed")
    path = copy_of("indexes/approximate")
    with np.load(SAVED / "answers.npz") as answers:
        queries, distances = (
            answers[f"{what} of approximate"] for what in ("queries", "distances")
        )
    for content in (b"", bytes(range(256)) * 40, None):
        (path / "graph.voyager").unlink(missing_ok=True)
        if content is not None:
            (path / "graph.voyager").write_bytes(content)
        found = SimilarityIndex.load(path).search(queries, k=3)
        np.testing.assert_allclose(found.distances, distances, atol=1e-6)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[" * 100_000,
        b"\xff{}",
        b"\xef\xbb\xbf{}",
        b'{"format": 1, "format": 1}',
        b"9" * 5_000,
    ],
)
@pytest.mark.parametrize("name", ["models/ConditionalVAE", "detectors/table", "indexes/dense"])
def test_any_bytes_may_stand_in_a_description(name, content, copy_of):
    file, _, load = THINGS[name]
    path = copy_of(name)
    (path / file).write_bytes(content)
    assert not opens(load, path)


# As an array each of them takes as much as the first: 10 GB.
LOPSIDED = ["x" * 50_000, *map(str, range(50_000))]


def huge(**parameters):
    return lambda about: about["parameters"].update(parameters)


def network(kind, **parameters):
    return huge(network={"class": kind, "parameters": parameters})


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("models/ConditionalVAE", huge(latent_dim=2_000_000)),
        ("models/ConditionalVAE", network("MLP", hidden=[10**9] * 1_000)),
        ("models/ConditionalVAE", network("MLP", hidden=[1] * 100_000)),
        ("models/ConditionalVAE", lambda about: about.update(feature_names_in=["x" * MIB] * 4)),
        ("models/ConditionalVAE", lambda about: about.update(classes=LOPSIDED)),
        ("models/images", network("ViT", depth=10**9)),
        ("models/images", network("ResNet", blocks=10**9)),
        ("models/images", network("ConvNet", channels=[10**6] * 3)),
        ("models/images", lambda about: about.update(input_shape=[10**6] * 2, n_features_in=10**12)),
        ("models/RefinedAutoencoder", huge(refinement_steps=10**12)),
        ("models/VQVAE", huge(n_rows=10**9)),
        ("denoisers/Denoiser", lambda about: about["network"]["parameters"].update(blocks=10**9)),
        ("denoisers/Denoiser", lambda about: about.update(channels_=10**9, image_ndim_=3)),
        ("recommenders/RecVAE", huge(depth=10**9)),
        ("recommenders/InfiniteAE", huge(depth=10**12)),
        ("recommenders/MultVAE", lambda about: about["facts"].update(latent_dim=2e6)),
        ("recommenders/EASE", lambda about: about.update(users=LOPSIDED)),
        ("indexes/dense", lambda about: about.update(width=10**9)),
        ("indexes/sparse", lambda about: about.update(width=10**9)),
    ],
)  # fmt: skip
def test_a_small_description_takes_no_memory(name, change, copy_of):
    path = copy_of(name)
    (file,) = path.glob("*.json")
    about = json.loads(file.read_text())
    change(about)
    file.write_text(json.dumps(about))
    loads = {Path(key).parts[0]: thing[2] for key, thing in THINGS.items()}
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert not opens(loads[Path(name).parts[0]], path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 * 1024


def test_no_model_names_a_file_that_a_fit_writes(copy_of, tmp_path):
    path = copy_of("models/Autoencoder")
    about = json.loads((path / "model.json").read_text())
    target = tmp_path / "elsewhere" / "state"
    about["parameters"]["trainer"]["parameters"] |= {
        "checkpoint": str(target),
        "callbacks": [{"class": "ProgressBar", "parameters": {}}],
    }
    (path / "model.json").write_text(json.dumps(about))
    model = latens.load_model(path)
    assert (model.trainer.checkpoint, model.trainer.callbacks) == (None, None)
    assert model.trainer.batch_size == 16
    model.fit(np.random.default_rng(0).normal(size=(40, 4)))
    assert not target.parent.exists()


def test_what_is_asked_for_and_is_not_there_is_no_damage(copy_of):
    with pytest.raises(latens.exceptions.ParameterError, match="device"):
        latens.load_model(copy_of("models/images"), device="no-such-device")


def test_weights_that_are_finite_and_answer_nothing_finite_are_refused(copy_of):
    path = copy_of("models/BinaryAutoencoder")
    tensors = tensors_of(path / "weights.safetensors")
    tensors["network.encoder.2.weight"][:] = 3e38
    tensors["network.encoder.2.bias"][:] = 3e38
    rewrite(path, "weights.safetensors", tensors)
    with pytest.raises(ModelError, match="no finite numbers"):
        latens.load_model(path)


def test_a_model_of_float64_comes_back(tmp_path):
    trainer = Trainer(max_epochs=1, dtype="float64", callbacks=())
    X = np.random.default_rng(0).normal(size=(30, 3))
    model = Autoencoder(2, network=MLP((3,)), trainer=trainer, random_state=0).fit(X)
    loaded = latens.load_model(model.save(tmp_path / "model"))
    np.testing.assert_array_equal(loaded.transform(X), model.transform(X))
