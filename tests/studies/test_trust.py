"""What a file names is imported only with trust, and is looked at before it is called."""

import sys

import pytest

from latens.exceptions import ParameterError, RunError, UntrustedError
from latens.models import Autoencoder
from latens.networks import MLP
from latens.runs import Run
from latens.studies import Reporter, check_study, read_study, resume_study, run_study
from latens.studies.building import build_model
from latens.studies.preparation import recorded_study

TRAP = """
from pathlib import Path
from latens.models import Autoencoder
from latens.networks import MLP

Path("imported").touch()

class Net(MLP):
    pass

class Kind(Autoencoder):
    pass

def call(*args, **kwargs):
    Path("called").touch()

class Command:
    def __init__(self, *args, **kwargs):
        Path("called").touch()
"""


@pytest.fixture
def trap(tmp_path, monkeypatch):
    """A module that leaves a mark where it is imported; gives the names of what has happened."""
    (tmp_path / "trap_module.py").write_text(TRAP)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)
    yield lambda: {name for name in ("imported", "called") if (tmp_path / name).exists()}
    sys.modules.pop("trap_module", None)


def settings(**model):
    trainer = {"max_epochs": 1}
    models = [{"latent_dim": 2, "trainer": trainer, **model}]
    return {"data": {"source": "digits"}, "models": models, "max_scored": 100}


@pytest.mark.parametrize("where", ["network", "kind"])
def test_a_study_file_imports_nothing_without_trust(trap, tmp_path, where):
    file = tmp_path / "study.toml"
    file.write_text(f'[data]\nsource = "digits"\n[[models]]\n{where} = "trap_module:Net"\n')
    with pytest.raises(UntrustedError, match=r"study\.toml' names 'trap_module:Net'.*trust=True"):
        read_study(file)
    assert read_study(file, trust=True).foreign_names == ("trap_module:Net",)
    assert not trap()


def test_the_settings_of_a_stranger_import_nothing_without_trust(trap):
    with pytest.raises(UntrustedError, match="names 'trap_module:Net'"):
        check_study(settings(network="trap_module:Net"), "It")
    assert not trap()


@pytest.mark.parametrize("name", ["trap_module:call", "trap_module:Command", "trap_module:Path"])
@pytest.mark.parametrize("where", ["network", "kind"])
def test_what_is_no_class_of_the_kind_is_not_called(trap, where, name):
    study = check_study(settings(**{where: name}), "It", trust=True)
    with pytest.raises(ParameterError, match=f"{name}' is no"):
        build_model(study.models[0], seed=0)
    assert trap() == {"imported"}


def test_classes_of_ones_own_are_built_with_trust(trap):
    names = {"kind": "trap_module:Kind", "network": "trap_module:Net"}
    study = check_study(settings(**names, network_parameters={"hidden": [8]}), "It", trust=True)
    model = build_model(study.models[0], seed=0)
    assert isinstance(model, Autoencoder)
    assert isinstance(model.network, MLP)
    assert model.network.hidden == (8,)


@pytest.mark.parametrize(
    "code", ["raise SystemError('no')", "1 / 0", "this is no Python", "import no_such_module"]
)
def test_a_module_that_cannot_be_imported_is_a_wrong_parameter(tmp_path, monkeypatch, code):
    (tmp_path / "broken_module.py").write_text(code)
    monkeypatch.syspath_prepend(str(tmp_path))
    study = check_study(settings(network="broken_module:Net"), "It", trust=True)
    with pytest.raises(ParameterError, match="cannot be imported"):
        build_model(study.models[0], seed=0)


def test_a_run_imports_nothing_without_trust_and_goes_on_with_it(trap, tmp_path):
    class Cut:
        def on_start(self, plan): ...
        def on_heartbeat(self, progress): ...
        def on_end(self, history): ...
        def on_epoch(self, epoch):
            raise KeyboardInterrupt

    study = check_study(settings(network="trap_module:Net"), "It", trust=True)
    with pytest.raises(KeyboardInterrupt):
        run_study(
            study, tmp_path / "run", reporter=Reporter(callbacks=lambda description: (Cut(),))
        )
    (tmp_path / "imported").unlink()
    del sys.modules["trap_module"]
    with pytest.raises(UntrustedError, match="names 'trap_module:Net'"):
        resume_study(tmp_path / "run")
    assert recorded_study(Run.open(tmp_path / "run")).foreign_names == ("trap_module:Net",)
    assert not trap()
    assert resume_study(tmp_path / "run", trust=True).info.status == "complete"


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ({"trainer": {"checkpoint": "/tmp/x"}}, "does not set 'checkpoint'"),
        ({"trainer": {"callbacks": []}}, "does not set 'callbacks'"),
        ({"parameters": {"latent_dim": 3}}, "'latent_dim' is not set here"),
        ({"parameters": {"network": 3}}, "'network' is not set here"),
        ({"name": "../../elsewhere"}, "name"),
    ],
)
def test_a_study_sets_nothing_that_is_not_its_own(model, message):
    with pytest.raises(ParameterError, match=message):
        check_study(settings(**model), "It")


@pytest.mark.parametrize("word", ["kind", "parameters", "self"])
@pytest.mark.parametrize("where", ["trainer", "network_parameters", "parameters"])
def test_a_parameter_of_any_name_is_refused_by_its_name(where, word):
    study = check_study(settings(network="mlp", latent_dim=2, **{where: {word: 3}}), "It")
    with pytest.raises(ParameterError, match=f"has no parameter '{word}'"):
        build_model(study.models[0], seed=0)


@pytest.mark.parametrize("name", ["../../elsewhere", "/tmp/elsewhere", "a/b", "..", ""])
def test_what_run_json_calls_a_model_is_a_name_and_no_path(tmp_path, name):
    run = Run.create(tmp_path / "run")
    (tmp_path / "elsewhere").mkdir()
    run.write_info(data={}, study={"models": [{"name": name}], "data": {"source": "digits"}})
    with pytest.raises(RunError, match=r"'study\.models\.0\.name'"):
        run.trained_model()
    with pytest.raises(RunError, match="is no name"):
        run.array(name)
