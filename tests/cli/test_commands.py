"""The program as a user meets it: what it prints where, exit codes, and bad input."""

import html
import json
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas
import pytest
from PIL import Image

import latens
from latens.cli import main
from latens.models.kinds import KINDS, kind_named
from latens.runs import Run, next_steps
from latens.studies import check_study, run_study


@pytest.fixture(scope="session")
def process(tmp_path_factory) -> subprocess.CompletedProcess[str]:
    """A real process that makes a run of a kind on the digits."""
    folder = tmp_path_factory.mktemp("cli")
    arguments = ("--model", "BetaVAE", "--epochs", "2", "--latent-dim", "3", "--json")
    return subprocess.run(
        [sys.executable, "-m", "latens", "run", "digits", *arguments, "--out", folder / "digits"],
        check=False,
        capture_output=True,
        text=True,
        timeout=200,
    )


@pytest.fixture(scope="session")
def trained(process) -> Path:
    """The finished run."""
    return Path(json.loads(process.stdout)["report"]).parent


def pictures(folder: Path, count: int = 30) -> Path:
    rng = np.random.default_rng(0)
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        pixels = rng.integers(0, 256, (12, 10), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{number:03}.png")
    return folder


def test_help_lists_every_command(latens_cli):
    code, out, _ = latens_cli("--help")
    assert code == 0
    for command in (
        "run",
        "embed",
        "generate",
        "report",
        "explore",
        "export",
        "data",
        "models",
        "doctor",
    ):
        assert f" {command} " in out
        assert latens_cli(command, "--help")[0] == 0


@pytest.mark.parametrize("words", [["--help"], ["models"], ["models", "--json"]])
def test_help_and_lists_load_neither_torch_nor_numpy(words):
    code = (
        f"import sys; sys.argv = ['latens', *{words}]\n"
        "from latens.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'torch', 'numpy', 'sklearn', 'pandas', 'matplotlib'} & set(sys.modules)\n"
        "sys.exit(', '.join(heavy) or 0)"
    )
    process = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert process.returncode == 0, process.stderr


def test_the_list_of_kinds_has_the_parameters_that_the_kinds_have(latens_cli):
    listed = json.loads(latens_cli("models", "--json")[1])
    assert [one["kind"] for one in listed] == list(KINDS)
    for one in listed:
        kind = kind_named(one["kind"])
        own = kind().get_params(deep=False)
        own = {name: own[name] for name in own.keys() - {"network", "trainer", "random_state"}}
        assert one["parameters"] == json.loads(json.dumps(own))
        assert one["purpose"] == kind.__doc__.splitlines()[0].strip()


def test_version(latens_cli):
    assert latens_cli("--version") == (0, f"latens {latens.__version__}\n", "")


def test_a_run_of_a_kind_prints_its_results_as_json_and_nothing_else_on_stdout(process):
    assert process.returncode == 0
    result = json.loads(process.stdout)
    assert result["status"] == "complete"
    rows = result["results"]["rows"]
    assert {row["representation"] for row in rows} == {"raw", "pca-3", "beta-vae"}
    # A model is called by its kind.
    assert {row["label"] for row in rows} - {"UMAP"} == {"raw pixels", "PCA", "beta-vae"}
    assert Path(result["report"]).is_file()
    assert "to learn from" in process.stderr
    assert "training will take about" in process.stderr
    assert "epoch 1/2" in process.stderr


def test_every_next_step_of_a_run_is_a_command_that_works(
    trained, process, latens_cli, monkeypatch, tmp_path
):
    steps = [command for command, _ in next_steps(Run.open(trained).info, str(trained))]
    said = Path(trained / "report.html").read_text()
    assert len(steps) >= 5
    for command in steps:
        assert html.escape(command.replace(str(trained), "RUN")) in said
        verb, *flags = shlex.split(command)[1:]
        if verb == "explore":  # which serves until it is told to stop
            flags.append("--help")
        code, _, err = latens_cli(verb, *flags)
        assert code == 0, (command, err)


@pytest.fixture(scope="module")
def runs_of_every_kind(tmp_path_factory) -> dict[str, Path]:
    """Small runs in a folder whose name a shell would take apart."""
    folder = tmp_path_factory.mktemp("it's a folder")
    rng = np.random.default_rng(0)
    table = pandas.DataFrame(rng.normal(size=(60, 3)), columns=["a", "b", "c"])
    table.loc[0, "a"] = np.nan  # so that there is no row 0
    table.assign(kind=["x", "y"] * 30).to_csv(folder / "table.csv", index=False)
    pictures(folder / "photos", 40)
    np.save(folder / "series.npy", rng.normal(size=(60, 12, 2)).cumsum(axis=1))
    settings = {
        "table": {"source": str(folder / "table.csv"), "label_column": "kind", "missing": "drop"},
        "images": {"source": str(folder / "photos"), "image_size": 8},
        "series": {"source": str(folder / "series.npy"), "layout": "series"},
    }
    model = {
        "latent_dim": 2,
        "network": "mlp",
        "network_parameters": {"hidden": [4]},
        "trainer": {"max_epochs": 1},
    }
    for name, data in settings.items():
        study = check_study({"data": data, "models": [model], "clusters": 2}, "a test")
        run_study(study, folder / f"run of {name}")
    return {name: folder / f"run of {name}" for name in settings}


@pytest.mark.parametrize("kind", ["table", "images", "series"])
def test_next_steps_of_every_kind_of_data_work_as_they_are_printed(
    runs_of_every_kind, latens_cli, kind, tmp_path
):
    run = Run.open(runs_of_every_kind[kind])
    rows = run.identity.rows
    # As somebody saves them in the explorer.
    pandas.DataFrame({"row": rows[:8], "label": ["p", "q"] * 4}).to_csv("labels.csv", index=False)
    for command, _ in next_steps(run.info, str(run.path), int(rows[0])):
        verb, *words = shlex.split(command)[1:]
        assert str(run.path) in words
        words += ["--help"] if verb == "explore" else []
        code, _, err = latens_cli(verb, *words)
        assert code == 0, (command, err)
    codes = pandas.read_csv(tmp_path / "codes.csv")
    assert codes["row"].tolist() == rows.tolist()
    assert {"code_0", "code_1", "cluster", "part"} <= set(codes.columns)


def test_a_report_is_written_again_and_its_place_is_said(trained, latens_cli):
    assert (trained / "report.html").is_file()
    code, out, _ = latens_cli("report", trained)
    assert code == 0
    assert out.strip() == str(trained / "report.html")


def test_a_folder_of_images_needs_no_other_argument(latens_cli, tmp_path):
    pictures(tmp_path / "photos")
    code, out, _ = latens_cli("run", "photos", "--epochs", 1)
    assert code == 0
    assert "runs/photos-1/report.html" in out
    assert "verdict" in json.loads(latens_cli("report", "runs/photos-1", "--json")[1])
    assert (tmp_path / "runs" / "photos-1" / "report.html").is_file()
    assert latens_cli("run", "photos", "--epochs", 1)[0] == 0
    assert (tmp_path / "runs" / "photos-2").is_dir()


def test_embed_gives_the_codes_of_the_model(trained, latens_cli, tmp_path, digits):
    code, out, _ = latens_cli("embed", trained)
    assert (code, out) == (0, "codes.npy\n")
    expected = latens.load_model(trained / "models" / "beta-vae").transform(digits)
    np.testing.assert_array_equal(np.load(tmp_path / "codes.npy"), expected)
    code, _, err = latens_cli("embed", trained)
    assert code == 1
    assert "exists already" in err
    assert latens_cli("embed", trained, "digits", "--out", "codes.csv")[0] == 0
    lines = (tmp_path / "codes.csv").read_text().splitlines()
    assert lines[0] == "row,part,cluster,code_0,code_1,code_2,label"
    assert len(lines) == 1798
    assert latens_cli("embed", trained, "--out", "codes.txt")[0] == 2


@pytest.mark.filterwarnings(
    "ignore:X has values from 0 to 255, and those learned from lie in 0 to 16"
)
def test_embed_brings_images_to_the_size_of_the_model(trained, latens_cli, tmp_path):
    pictures(tmp_path / "photos")
    assert latens_cli("embed", trained, "photos", "--out", "c.csv")[0] == 0
    assert (tmp_path / "c.csv").read_text().splitlines()[1].startswith("0,000.png,")


def test_embed_matches_columns_by_name(latens_cli, tmp_path):
    rng = np.random.default_rng(0)
    table = pandas.DataFrame(rng.normal(size=(60, 3)), columns=["length", "width", "mass"])
    table.to_csv(tmp_path / "table.csv", index=False)
    table[["mass", "length", "width"]].to_csv(tmp_path / "reordered.csv", index=False)
    assert latens_cli("run", "table.csv", "--epochs", 1, "--latent-dim", 2, "--out", "r")[0] == 0
    assert latens_cli("embed", "r", "--out", "a.npy")[0] == 0
    assert latens_cli("embed", "r", "reordered.csv", "--out", "b.npy")[0] == 0
    np.testing.assert_array_equal(np.load(tmp_path / "a.npy"), np.load(tmp_path / "b.npy"))
    pictures(tmp_path / "photos")
    code, _, err = latens_cli("embed", "r", "photos", "--out", "c.npy")
    assert code == 1
    assert "learned from (3,)" in err


def test_explore_replaces_no_file_unasked(trained, latens_cli, tmp_path):
    (tmp_path / "notes.html").write_text("mine")
    code, _, err = latens_cli("explore", trained, "--out", "notes.html")
    assert code == 1
    assert "--overwrite" in err
    assert (tmp_path / "notes.html").read_text() == "mine"
    assert latens_cli("explore", trained, "--out", "notes.html", "--overwrite")[0] == 0


def test_data_commands(latens_cli, tmp_path):
    code, out, _ = latens_cli("data", "list", "--json")
    assert code == 0
    assert "fashion-mnist-10k" in {known["name"] for known in json.loads(out)}
    info = json.loads(latens_cli("data", "info", "digits", "--json")[1])
    assert info["n_samples"] == 1797
    assert "1,797" in latens_cli("data", "info", "digits")[1]
    assert latens_cli("data", "fetch", "digits")[0] == 0
    assert latens_cli("data", "fetch", "imagenet")[0] in (1, 2)


def test_models_and_doctor(latens_cli):
    listed = json.loads(latens_cli("models", "--json")[1])
    assert [row["kind"] for row in listed] == latens.models.__all__
    assert {"torch", "bfloat16"} <= json.loads(latens_cli("doctor", "--json")[1]).keys()
    assert "python" in latens_cli("doctor")[1]


def bad_inputs(folder: Path) -> dict[str, tuple[list[str], str]]:
    """Arguments of `latens run`, and a word that its error must have."""
    (folder / "empty").mkdir()
    (folder / "text").mkdir()
    (folder / "text" / "letter.png").write_text("dear reader")
    (folder / "text" / "other.png").write_text("dear reader")
    header = bytes([0, 0, 8, 3]) + (100).to_bytes(4) + (28).to_bytes(4) * 2
    (folder / "cut-idx3-ubyte").write_bytes(header + b"\0" * 500)
    np.savez(folder / "objects.npz", X=np.array([{"a": 1}, None], dtype=object))
    (folder / "gaps.csv").write_text("a,b\n1,2\n3,inf\n5,6\n")
    np.save(folder / "one.npy", np.ones((1, 5)))
    np.save(folder / "three.npy", np.ones((3, 5)))
    (folder / "taken").mkdir()
    (folder / "taken" / "thesis.tex").write_text("precious")
    (folder / "bad.toml").write_text("[data]\nsource = 3")
    return {
        "empty folder": (["empty"], "empty"),
        "text called png": (["text"], "letter.png"),
        "truncated IDX": (["cut-idx3-ubyte"], "cut-idx3-ubyte"),
        "objects": (["objects.npz"], "objects.npz"),
        "infinite value": (["gaps.csv"], "b"),
        "one sample": (["one.npy"], "sample"),
        "too few to hold out": (["three.npy"], "samples"),
        "no such thing": (["fashion-mnits"], "fashion-mnist"),
        "folder in the way": (["digits", "--out", "taken"], "taken"),
        "folder never overwritten": (["digits", "--out", "taken", "--overwrite"], "is not a run"),
        "kind that is none": (["digits", "--model", "GAN"], "GAN"),
        "study that is wrong": (["bad.toml"], "source"),
        "resume of nothing": (["--resume", "nothing"], "not a run"),
        "bad time": (["digits", "--time-limit", "soon"], "soon"),
    }


def test_bad_input_gives_one_clear_line_and_writes_nothing(latens_cli, tmp_path):
    cases = bad_inputs(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    assert len(cases) == 14
    for name, (arguments, word) in cases.items():
        code, out, err = latens_cli("run", *arguments)
        assert code in (1, 2), name
        assert out == "", name
        errors = [line for line in err.splitlines() if "error" in line]
        assert len(errors) == 1, f"{name}: {err}"
        assert word in errors[0], f"{name}: {err}"
        assert "Traceback" not in err, name
        assert sorted(tmp_path.rglob("*")) == before, name


def test_wrong_usage_exits_with_2(latens_cli):
    assert latens_cli("run")[0] == 2
    assert latens_cli("run", "digits", "--epochs", "many")[0] == 2
    assert latens_cli("run", "digits", "--device", "tpu")[0] == 2
    assert latens_cli("run", "digits", "--overwrite")[0] == 2
    assert latens_cli("run", "--resume", "x", "--epochs", "3")[0] == 2
    assert latens_cli("fly")[0] == 2


def test_debug_shows_the_traceback(latens_cli, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["latens", "run", "nowhere-at-all", "--debug"])
    monkeypatch.chdir(tmp_path)
    with pytest.raises(latens.exceptions.DataError):
        main()


@pytest.mark.parametrize("case", ["constant", "single column", "duplicates"])
def test_odd_but_valid_data_work(case, latens_cli, tmp_path):
    rng = np.random.default_rng(0)
    data = {
        "constant": np.column_stack([np.ones(50), rng.normal(size=(50, 2))]),
        "single column": rng.normal(size=(50, 1)),
        "duplicates": np.tile(rng.integers(0, 255, (1, 9, 9), dtype=np.uint8), (600, 1, 1)),
    }[case]
    np.save(tmp_path / "data.npy", data)
    code, out, err = latens_cli("run", "data.npy", "--epochs", 1)
    assert code == 0, err
    assert "report.html" in out


def test_a_study_that_names_code_is_refused_with_the_line_to_type(latens_cli, tmp_path):
    study = '[data]\nsource = "digits"\n[[models]]\nnetwork = "subprocess:Popen"\n'
    command = 'network_parameters = { args = "touch owned", shell = true }\n'
    (tmp_path / "a study.toml").write_text(study + command)
    code, out, err = latens_cli("run", "a study.toml", "--seeds", 2)
    assert code == 2
    assert not out
    assert "type: latens run 'a study.toml' --seeds 2 --trust" in err
    code, _, err = latens_cli("run", "a study.toml", "--trust")
    assert code == 2
    assert "'subprocess:Popen' is no network" in err
    assert not (tmp_path / "owned").exists()
    assert not (tmp_path / "runs").exists()


def test_data_info_says_how_a_folder_was_read(latens_cli, tmp_path):
    for kind in ("cats", "dogs"):
        pictures(tmp_path / "photos" / "training_set" / kind, 3)
        pictures(tmp_path / "photos" / "test_set" / kind, 2)
    for name in ("a.png", "b.png"):
        (tmp_path / "photos" / "test_set" / "dogs" / name).write_text("x")
    code, out, err = latens_cli("data", "info", str(tmp_path / "photos"))
    assert code == 0
    assert "2 classes by sub-folder (cats, dogs) and parts of their own" in out
    assert "training_set (train)" in out
    for name in ("a.png", "b.png"):
        assert f"test_set/dogs/{name}: its content is no image of a known kind" in out
    assert "2 images that cannot be read were left out" in err
    code, _, err = latens_cli("data", "info", str(tmp_path / "photos"), "--strict")
    assert code == 1
    assert "2 of 12 images" in err


def test_data_info_says_what_an_array_was_taken_for(latens_cli, tmp_path):
    X = np.random.default_rng(0).normal(size=(40, 12, 2)) * [1, 1000]
    np.save(tmp_path / "x.npy", X)
    code, out, err = latens_cli("data", "info", str(tmp_path / "x.npy"))
    assert code == 0
    assert "40 series of 12 steps and 2 channels" in out
    assert "--as images" in err
    code, out, err = latens_cli("data", "info", str(tmp_path / "x.npy"), "--as", "table")
    assert "a table of 40 rows and 24 columns" in out
    assert "series" not in err


def test_a_run_of_series_says_so_and_keeps_it(latens_cli, tmp_path):
    X = np.random.default_rng(0).normal(size=(60, 12, 2)) * [1, 1000]
    np.save(tmp_path / "x.npy", X)
    out = tmp_path / "run"
    options = ("--as", "series", "--epochs", "1", "--latent-dim", "2", "--out", str(out))
    code, _, err = latens_cli("run", str(tmp_path / "x.npy"), *options)
    assert code == 0
    assert "read as: 60 series of 12 steps and 2 channels" in err
    assert "warning" not in err
    assert json.loads((out / "run.json").read_text())["study"]["data"]["layout"] == "series"
    code, _, err = latens_cli(
        "embed", str(out), str(tmp_path / "x.npy"), "--out", str(tmp_path / "codes.npy")
    )
    assert code == 0
    assert np.load(tmp_path / "codes.npy").shape == (60, 2)
