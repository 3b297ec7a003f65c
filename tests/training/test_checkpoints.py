"""A checkpoint that was changed is refused in one line, and the training is as it was before."""

import json

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.numpy import save_file

from latens.exceptions import TrainingError
from latens.models import AdversarialAutoencoder, Autoencoder
from latens.networks import MLP
from latens.training import Trainer, loop

X = np.random.default_rng(0).normal(size=(40, 4))


class StopAtTwo:
    """Ends a training in its second epoch as a kill does."""

    def on_start(self, plan): ...

    def on_heartbeat(self, progress): ...

    def on_epoch(self, epoch):
        if epoch.number == 2:
            raise KeyboardInterrupt

    def on_end(self, history): ...


def model_of(kind, path, optimizer, *callbacks):
    trainer = Trainer(
        max_epochs=3, batch_size=16, optimizer=optimizer, checkpoint=path, callbacks=callbacks
    )
    return kind(2, network=MLP((4,)), trainer=trainer, random_state=0)


@pytest.fixture(
    params=[(Autoencoder, "sgd"), (AdversarialAutoencoder, "adamw")], ids=["sgd", "adamw"]
)
def half(request, tmp_path, monkeypatch):
    """The path of a checkpoint, its content, and what goes on from it."""
    monkeypatch.setattr(loop, "_CHECKPOINT_SECONDS", 0)
    path = tmp_path / "state.safetensors"
    with pytest.raises(KeyboardInterrupt):
        model_of(request.param[0], path, request.param[1], StopAtTwo()).fit(X)
    with safe_open(path, framework="np") as file:
        about = json.loads(file.metadata()["state"])
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    return path, about, tensors, lambda: model_of(request.param[0], path, request.param[1]).fit(X)


def refused(path, tensors, about, go_on) -> str:
    text = about if isinstance(about, str) else json.dumps(about)
    save_file(tensors, path, metadata={"state": text})
    with pytest.raises(TrainingError) as error:
        go_on()
    assert "\n" not in str(error.value)
    assert "afresh" in str(error.value)
    return str(error.value)


def test_it_goes_on_as_if_it_had_not_been_cut(half):
    path, _, _, go_on = half
    resumed = go_on()
    path.unlink()
    whole = go_on()
    for one, other in zip(resumed.network_.parameters(), whole.network_.parameters(), strict=True):
        assert torch.equal(one, other)


def test_the_checkpoint_of_another_training_is_refused_as_such(half):
    path, about, tensors, go_on = half
    signed = json.loads(about["signature"])
    longer = {**signed, "plan": {**signed["plan"], "batch_size": 17}}
    assert signed["plan"]["batch_size"] == 16
    other = about | {"signature": json.dumps(longer)}
    assert "other settings" in refused(path, tensors, other, go_on)


def test_any_fact_may_be_another(half):
    path, about, tensors, go_on = half
    first = about["epochs"][0]
    for change in (
        "",
        "null",
        "[" * 100_000,
        {name: about[name] for name in about if name != "version"},
        {**about, "version": "1"},
        {**about, "version": 2},
        {**about, "signature": 7},
        {**about, "signature": "other"},
        {**about, "epochs": []},
        {**about, "epochs": {}},
        {**about, "epochs": about["epochs"][1:]},
        {**about, "epochs": [first, first]},
        {**about, "epochs": [{**first, "loss": "0.5"}]},
        {**about, "epochs": [{**first, "terms": 3}]},
        {**about, "epochs": [{name: first[name] for name in first if name != "seconds"}]},
    ):
        refused(path, tensors, change, go_on)
    save_file(tensors, path)
    with pytest.raises(TrainingError, match="cannot be read"):
        go_on()


def test_any_tensor_may_be_another(half):
    path, about, tensors, go_on = half
    for name in [*list(tensors)[::4], *(one for one in tensors if one.startswith("optimizer.0.0"))]:
        values = tensors[name]
        for change in (values * np.nan, values[None], values.astype(np.int32), values.astype("f8")):
            refused(path, tensors | {name: np.ascontiguousarray(change)}, about, go_on)
        refused(path, {one: tensors[one] for one in tensors if one != name}, about, go_on)
    for name in (
        "more",
        "optimizer.0.0.more",
        "optimizer.0.99.step",
        "optimizer.7.0.step",
        "best.x",
    ):
        refused(path, tensors | {name: np.zeros((), np.float32)}, about, go_on)


def test_a_weight_that_moved_cannot_be_forgotten(half):
    path, about, tensors, go_on = half
    left = {name: tensors[name] for name in tensors if not name.startswith("optimizer.0.3.")}
    assert len(left) < len(tensors)
    assert "its optimizer has nothing of" in refused(path, left, about, go_on)


def test_the_version_of_the_format_is_1_and_no_other_is_taken(half):
    path, about, tensors, go_on = half
    assert about["version"] == 1
    for version in (0, 2):
        assert "other settings" in refused(path, tensors, about | {"version": version}, go_on)
