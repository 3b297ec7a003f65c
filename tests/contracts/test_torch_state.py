"""Kinds compute the same whatever a program has set torch to, in threads and in forks."""

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import cache

import numpy as np
import pytest
import torch
from scipy import sparse
from sklearn.base import BaseEstimator
from torch import nn

from latens import _torch_state, models
from latens.applications import Consistency, Denoiser, FewLabelClassifier, MultVAE
from latens.clustering import KMeans
from latens.networks import MLP, ConvNet, Parts
from latens.networks.denoising import DenoisingUNet
from latens.training import Trainer

KINDS = [getattr(models, name) for name in models.__all__]
X = np.random.default_rng(0).normal(size=(60, 2)) @ np.random.default_rng(1).normal(size=(2, 5))
Y = np.arange(60) % 3


@pytest.fixture(autouse=True)
def nobody_else(monkeypatch):
    """Threads that other tests have left behind are not those of these."""
    monkeypatch.setattr(_torch_state, "_depths", {})
    monkeypatch.setattr(_torch_state, "_to_bring_back", None)


@contextmanager
def default_dtype():
    torch.set_default_dtype(torch.float64)
    try:
        yield
    finally:
        torch.set_default_dtype(torch.float32)


STATES = {
    "no_grad": torch.no_grad,
    "inference_mode": torch.inference_mode,
    "autocast": lambda: torch.autocast("cpu", torch.bfloat16),
    "default device": lambda: torch.device("meta"),
    "default dtype": default_dtype,
}


@cache
def answers(kind, seed=0):
    """What a kind learns and says of new and known samples."""
    return fresh_answers(kind, seed)


def fresh_answers(kind, seed=0):
    trainer = Trainer(max_epochs=2, batch_size=20, callbacks=())
    model = kind(2, network=MLP((6,)), trainer=trainer, random_state=seed).fit(X, Y)
    codes = model.transform(X)
    return [codes, model.inverse_transform(codes), model.reconstruct(X), model.score_samples(X)]


def check_equal(found, wanted):
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_what_a_program_has_set_changes_no_result_and_stays(state):
    with state():
        before = torch.is_grad_enabled(), torch.get_default_dtype(), torch.get_default_device()
        found = fresh_answers(models.VAE)
        after = torch.is_grad_enabled(), torch.get_default_dtype(), torch.get_default_device()
    assert after == before
    check_equal(found, answers(models.VAE))


@pytest.mark.parametrize("kind", KINDS)
def test_no_kind_minds_what_a_program_has_set(kind):
    with ExitStack() as stack:
        for state in STATES.values():
            stack.enter_context(state())
        found = fresh_answers(kind)
    check_equal(found, answers(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_fits_in_threads_are_those_one_after_the_other(kind):
    seeds = range(4)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda seed: fresh_answers(kind, seed), seeds))
    for seed, one in zip(seeds, found, strict=True):
        check_equal(one, answers(kind, seed))


class OwnNetwork(BaseEstimator):
    """A network that draws from torch's own generator."""

    def build(self, input_shape, code_dim):
        encoder = nn.Sequential(nn.Flatten(), nn.Dropout(0.5), Noisy(), nn.Linear(64, 8))
        decoder = nn.Sequential(nn.Linear(code_dim, 64), nn.Unflatten(1, input_shape))
        return Parts(encoder, decoder, 8)


class Noisy(nn.Module):
    def forward(self, x):
        return x + torch.randn_like(x) if self.training else x


@pytest.mark.parametrize("network", [OwnNetwork(), ConvNet((4, 4))])
def test_networks_that_draw_or_share_their_work_are_the_same_in_threads(network, digits):
    def weights(seed):
        trainer = Trainer(max_epochs=2, batch_size=50, callbacks=())
        model = models.VAE(2, network=network, trainer=trainer, random_state=seed)
        return [value.numpy() for value in model.fit(digits[:200]).network_.state_dict().values()]

    wanted = [weights(seed) for seed in range(4)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(weights, range(4)))
    for one, other in zip(found, wanted, strict=True):
        check_equal(one, other)


IN_A_FORK = """
import os, sys
import numpy as np, torch
from latens.models import Autoencoder
from latens.networks import ConvNet
from latens.training import Trainer

torch.set_num_threads(2)
X = np.random.default_rng(0).integers(0, 256, (300, 16, 16), dtype=np.uint8)
trainer = Trainer(max_epochs=1, callbacks=())
model = Autoencoder(2, network=ConvNet((16, 16)), trainer=trainer, random_state=0).fit(X)
codes = model.transform(X)
child = os.fork()
if not child:
    same = np.allclose(model.transform(X), codes, atol=1e-4)
    model.fit(X)
    os._exit(0 if same and torch.get_num_threads() == 1 else 1)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_fork_of_a_program_that_used_several_threads_does_not_wait_for_them():
    done = subprocess.run([sys.executable, "-c", IN_A_FORK], timeout=120, check=False)
    assert done.returncode == 0


def clusters():
    return [KMeans(3, random_state=0).fit(X).cluster_centers_]


def denoised():
    images = np.random.default_rng(0).integers(0, 256, (20, 8, 8), dtype=np.uint8)
    trainer = Trainer(max_epochs=1, callbacks=())
    network = DenoisingUNet(channels=(4, 4))
    return [Denoiser(network=network, trainer=trainer, random_state=0).fit_transform(images)]


def recommended():
    likes = sparse.csr_array((np.random.default_rng(0).random((50, 9)) < 0.4).astype(np.float32))
    trainer = Trainer(max_epochs=1, callbacks=())
    model = MultVAE(2, hidden=(4,), trainer=trainer, random_state=0).fit(likes)
    return [model.score_items(likes)]


def classified():
    model = models.Autoencoder(2, network=MLP((6,)), trainer=Trainer(max_epochs=1), random_state=0)
    few = FewLabelClassifier(model, method=Consistency(rounds=1), random_state=0)
    few.set_params(trainer=Trainer(max_epochs=1, callbacks=()))
    return [few.fit(X, np.where(np.arange(60) < 20, Y, -1)).predict_proba(X)]


@pytest.mark.parametrize("use", [clusters, denoised, recommended, classified])
def test_no_use_minds_what_a_program_has_set(use):
    wanted = use()
    with ExitStack() as stack:
        for state in STATES.values():
            stack.enter_context(state())
        found = use()
    check_equal(found, wanted)


def test_a_thread_keeps_its_type_until_it_is_done_and_then_the_program_has_its_own():
    inside, go_on = threading.Event(), threading.Event()
    seen = []

    def other():
        with _torch_state.plain_torch():
            inside.set()
            go_on.wait(60)
            seen.append(torch.get_default_dtype())

    thread = threading.Thread(target=other)
    with default_dtype():
        with _torch_state.plain_torch():
            thread.start()
            assert inside.wait(60)
        assert torch.get_default_dtype() == torch.float32
        go_on.set()
        thread.join(60)
        assert seen == [torch.float32]
        assert torch.get_default_dtype() == torch.float64
