"""Settings beyond all measure are refused in one line, at once and before memory is taken."""

import resource
from pathlib import Path

import pytest

from latens.exceptions import ParameterError
from latens.studies import Host, check_study, run_study

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
        run_study(check_study(study, "It"), tmp_path / "run", host=Host())
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 1000
    assert not (tmp_path / "run").exists()
