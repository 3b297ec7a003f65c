"""Settings beyond all measure are refused in one line, at once and before memory is taken."""

import resource
from pathlib import Path

import pytest

from latens.exceptions import ParameterError, TrainingError
from latens.models import Autoencoder
from latens.networks import ConvNet
from latens.studies import Reporter, check_study, read_study, run_study
from latens.training import Trainer

HUGE = [10**9, 10**400]


@pytest.fixture(autouse=True)
def little_memory():
    """Two gigabytes more than the tests before have taken."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + 2**31, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


@pytest.mark.parametrize("huge", HUGE, ids=["1e9", "1e400"])
@pytest.mark.parametrize(
    "model",
    [
        lambda n: {"latent_dim": n},
        lambda n: {"network": "mlp", "network_parameters": {"hidden": [n]}},
        lambda n: {"network": "convnet", "network_parameters": {"channels": [n]}},
        lambda n: {"network": "resnet", "network_parameters": {"blocks": n}},
        lambda n: {"network": "vit", "network_parameters": {"dim": n}},
        lambda n: {"network": "vit", "network_parameters": {"depth": n}},
    ],
)
def test_a_huge_network_is_refused_before_it_is_made(tmp_path, model, huge):
    models = [model(huge)]
    study = {"data": {"source": "digits"}, "models": models}
    with pytest.raises(ParameterError) as caught:
        run_study(check_study(study, "It"), tmp_path / "run", reporter=Reporter())
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 1000
    assert not (tmp_path / "run").exists()


def test_a_key_of_very_many_parts_is_refused(tmp_path):
    (tmp_path / "study.toml").write_text(".".join("a" * 30_000) + " = 1\n")
    with pytest.raises(ParameterError, match="more than 1,000 dots"):
        read_study(tmp_path / "study.toml")
    (tmp_path / "study.toml").write_text("#" * 10**6)
    with pytest.raises(ParameterError, match="more than 64 KiB"):
        read_study(tmp_path / "study.toml")


def test_a_training_that_runs_out_of_memory_says_what_to_do(digits):
    network = ConvNet(channels=(4096,))
    model = Autoencoder(2, network=network, trainer=Trainer(batch_size=1400, max_epochs=1))
    with pytest.raises((TrainingError, ParameterError), match="memory"):
        model.fit(digits)
