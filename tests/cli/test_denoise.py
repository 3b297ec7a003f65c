"""`latens denoise` as a user meets it: files in, files out, and bad input."""

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latens.applications import Denoiser
from latens.models import DenoisingAutoencoder
from latens.networks import MLP
from latens.networks.denoising import DenoisingUNet
from latens.runs import Run
from latens.studies import check_study, run_study
from latens.studies.preparation import prepare
from latens.training import Trainer


@pytest.fixture
def call(latens_cli):
    """Run `latens denoise`."""
    return partial(latens_cli, "denoise")


def wave(height: int, width: int) -> np.ndarray:
    y, x = np.mgrid[:height, :width] / 6
    return 128 + 90 * np.sin(x) * np.cos(y)


def write(path: Path, pixels: np.ndarray) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(path)
    return path


def read(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path)).astype(float)


def noisy(shape, seed=0):
    return wave(*shape) + np.random.default_rng(seed).normal(scale=20, size=shape)


def test_one_image_from_itself_alone(call, tmp_path):
    source = write(tmp_path / "noisy.png", noisy((24, 30)))
    code, out, err = call(source, "--epochs", 1, "--out", "clean.png")
    assert (code, out) == (0, "clean.png\n"), err
    before, after = (
        np.square(read(p) - wave(24, 30)).mean() for p in (source, tmp_path / "clean.png")
    )
    assert after < 0.7 * before
    assert call(source, "--out", "clean.png")[0] == 1  # never replaced unasked


def test_a_folder_with_clean_images_keeps_names_and_sizes(call, tmp_path):
    shapes = [(20, 15), (16, 25), (24, 24)]
    for number, shape in enumerate(shapes):
        write(tmp_path / "noisy" / "sub" / f"{number}.png", noisy(shape, number))
    for number in range(12):
        write(tmp_path / "clean" / f"{number}.png", wave(20 + number, 25))
    flags = ["--clean", "clean", "--sigma", 20, "--epochs", 1, "--save", "kept", "--json"]
    code, out, err = call("noisy", *flags, "--out", "done")
    assert code == 0, err
    result = json.loads(out)
    assert result["images"] == 3
    assert [name for name, _ in result["scores"]] == ["noisy", "linear (Wiener)", "denoiser"]
    sizes = [read(tmp_path / "done" / "sub" / f"{n}.png").shape for n in range(3)]
    assert sizes == shapes

    code, out, err = call("kept", "noisy", "--out", "again", "--json")
    assert code == 0, err
    assert json.loads(out)["learnt_from"] == "saved"
    assert len(list((tmp_path / "again" / "sub").iterdir())) == 3


def test_color_and_16_bits_come_back_as_they_were(call, tmp_path):
    write(tmp_path / "color.png", np.stack([noisy((20, 20), s) for s in range(3)], axis=-1))
    deep = (noisy((20, 20)) * 200).astype(np.uint16)
    Image.fromarray(deep).save(tmp_path / "deep.png")
    for name, shape in (("color", (20, 20, 3)), ("deep", (20, 20))):
        code, _, err = call(f"{name}.png", "--epochs", 1)
        assert code == 0, err
        assert read(tmp_path / f"{name}-denoised.png").shape == shape
    assert read(tmp_path / "deep-denoised.png").max() > 255


def test_a_run_is_judged_and_keeps_the_result(call, tmp_path):
    model = {"kind": "DenoisingAutoencoder", "trainer": {"max_epochs": 1}}
    run_study(
        check_study({"data": {"source": "digits"}, "models": [model]}, "it"), tmp_path / "run"
    )
    code, out, err = call("run", "--json")
    assert code == 0, err
    names = [name for name, _ in json.loads(out)["scores"]]
    assert names == [
        "noisy",
        "DenoisingAutoencoder",
        "PCA of 10 dimensions",
        "linear regression",
        "linear (Wiener)",
    ]
    use = Run.open(tmp_path / "run").read_findings()["denoise"]
    assert use.mosaics[0].row_names == ("clean", *names)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["missing.png"], 1, "does not exist"),
        (["empty"], 1, "has no images"),
        (["broken.png"], 1, "broken.png' cannot be read"),
        (["mixed"], 1, "cannot be read"),
        (["fine.png", "--sigma", "0"], 2, "above 0"),
        (["fine.png", "--sigma", "-3"], 2, "above 0"),
        (["fine.png", "--out", "clean.txt"], 2, "must end in .png"),
        (["fine.png", "fine.png"], 2, "DATA is for a saved denoiser"),
        (["fine.png", "--clean", "empty"], 1, "has no images"),
        (["fine.png", "--time-limit", "soon"], 2, "time limit"),
        (["fine.png", "--device", "abacus"], 2, "device"),
        (["tiny.png"], 1, "too small"),
    ],
)
def test_bad_input_ends_in_one_line(call, tmp_path, arguments, code, words):
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken.png").write_bytes(b"\x89PNG nothing")
    (tmp_path / "mixed").mkdir()
    (tmp_path / "mixed" / "b.png").write_bytes(b"")
    write(tmp_path / "mixed" / "a.png", noisy((20, 20)))
    write(tmp_path / "fine.png", noisy((30, 30)))
    write(tmp_path / "tiny.png", noisy((2, 2)))
    before = sorted(tmp_path.iterdir())
    found, out, err = call(*arguments)
    assert found == code, err
    assert words in " ".join(err.split()).replace("│ ", "")
    assert not out
    assert sorted(tmp_path.iterdir()) == before  # nothing half-written


def test_grey_was_learned_and_color_given(call, tmp_path, kept):
    write(tmp_path / "color.png", np.stack([noisy((20, 20), s) for s in range(3)], axis=-1))
    code, _, err = call(kept.name, "color.png")
    assert code == 1
    assert "was fitted on grey images" in err


QUICK = Trainer(max_epochs=1, callbacks=(), device="cpu")


@pytest.fixture
def kept(tmp_path) -> Path:
    """A denoiser of bytes for one level, hardly trained."""
    X = np.stack([wave(16, 16)] * 8).astype(np.uint8)
    small = DenoisingUNet(channels=(4, 8))
    return Denoiser(12, network=small, trainer=QUICK, random_state=0).fit(X).save(tmp_path / "kept")


@pytest.mark.parametrize(
    ("out", "words"),
    [
        ("photos", "'photos' is or contains"),
        (".", "'.' is or contains"),
        ("..", "'..' is or contains"),
        ("mine", "holds 'letter.txt'"),
        ("others", "holds 'other.png'"),
        ("kept", "'kept' is or contains"),
        ("link", "folder or a link"),
    ],
)
def test_overwrite_replaces_earlier_results_alone(call, tmp_path, kept, out, words):
    write(tmp_path / "photos" / "a.png", noisy((20, 20)))
    write(tmp_path / "others" / "other.png", noisy((20, 20)))
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    (tmp_path / "link").symlink_to(tmp_path / "others")
    before = sorted(tmp_path.rglob("*"))
    code, _, err = call(kept.name, "photos", "--out", out, "--overwrite")
    assert code == 1
    assert words in err
    assert err.endswith("Choose another --out.\n")
    assert sorted(tmp_path.rglob("*")) == before


def test_earlier_results_and_empty_folders_are_replaced(call, tmp_path, kept):
    write(tmp_path / "photos" / "a.png", noisy((20, 20)))
    (tmp_path / "done").mkdir()
    for _ in range(2):
        code, _, err = call(kept.name, "photos", "--out", "done", "--overwrite")
        assert code == 0, err
    assert [path.name for path in (tmp_path / "done").iterdir()] == ["a.png"]
    code, _, err = call("photos/a.png", "--out", "photos/a.png", "--overwrite")
    assert (code, "is or contains" in err) == (1, True)


def test_a_saved_denoiser_says_the_level_it_goes_by(call, tmp_path, kept):
    write(tmp_path / "noisy.png", noisy((30, 30)))
    code, out, err = call(kept.name, "noisy.png", "--json")
    assert code == 0, err
    assert json.loads(out)["noise"] == pytest.approx([12])


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["kept", "fine.png", "--epochs", "3"], 2, "--epochs: 'kept' is trained already"),
        (
            ["kept", "fine.png", "--clean", "clean", "--preset", "best"],
            2,
            "--clean, --preset: 'kept'",
        ),
        (["run", "--time-limit", "3 s"], 2, "--time-limit: 'run' is trained already"),
        (["kept"], 2, "needs DATA"),
        (["kept", "nowhere"], 1, "does not exist"),
        (["fine.png", "--save", "clean", "--overwrite"], 1, "holds no denoiser"),
        (["deep.png", "--clean", "clean"], 1, "of the type uint8, the noisy ones uint16"),
        (["kept", "deep.png"], 1, "images of uint16"),
    ],
)
def test_what_would_be_ignored_or_fail_late_is_refused(
    call, tmp_path, kept, arguments, code, words
):
    write(tmp_path / "fine.png", noisy((30, 30)))
    write(tmp_path / "clean" / "a.png", wave(30, 30))
    Image.fromarray((noisy((20, 20)) * 200).astype(np.uint16)).save(tmp_path / "deep.png")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "run.json").write_text("{}")
    found, _, err = call(*arguments)
    assert found == code, err
    assert words in " ".join(err.replace("│", " ").split())


def made_run(folder: Path, noise: str) -> None:
    """A run of a table whose columns are standardized, made by hand to save its training."""
    X = np.random.default_rng(0).normal(size=(80, 3)) * [1, 10, 100]
    np.save(folder / "table.npy", X)
    run = Run.create(folder / "run")
    study = {"data": {"source": str(folder / "table.npy")}, "models": [{"name": "ae"}]}
    data = {"fingerprint": prepare(check_study(study, "run")).fingerprint}
    run.write_info(study=study, data=data, status="finished")
    run.model_path("ae").parent.mkdir(parents=True)
    model = DenoisingAutoencoder(2, noise=noise, network=MLP((8,)), trainer=QUICK)
    model.fit(X).save(run.model_path("ae"))


def test_the_level_for_a_run_of_a_table_counts_in_deviations(call, tmp_path):
    made_run(tmp_path, "gaussian")
    code, out, err = call("run", "--sigma", 0.5, "--json")
    assert code == 0, err
    assert "of level 0.5" in json.loads(out)["sentence"]


def test_noise_that_spoils_single_values_has_no_sigma(call, tmp_path):
    made_run(tmp_path, "masking")
    code, _, err = call("run", "--sigma", 0.5)
    assert code == 2
    assert "share of the values" in " ".join(err.replace("│", " ").split())


def test_what_could_not_be_written_again_is_refused(latens_cli, tmp_path):
    pixels = np.random.default_rng(0).integers(0, 4096, (8, 8, 3))
    content = b"P6 8 8 4095\n" + pixels.astype(">u2").tobytes()
    (tmp_path / "x.ppm").write_bytes(content)
    code, _, err = latens_cli("denoise", str(tmp_path / "x.ppm"), "--out", str(tmp_path / "y.png"))
    assert code == 1
    assert "has colors of 16 bits, which could not be written again" in err
