"""What is done with an input of each kind: read it as latens does, and use what was read once."""

import os
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from random import Random

import numpy as np
import typer
from corpus import SAVED

import latens
from latens.applications import Recommender, SimilarityIndex, load_denoiser, load_detector
from latens.cli.app import app
from latens.data import fit_scaling, load, load_interactions
from latens.exceptions import LatensError
from latens.explorer import write_explorer
from latens.explorer.exports import export_run
from latens.reports import write_report
from latens.runs import Run
from latens.studies import at_small_scale, check_study, read_study, resume_study
from latens.studies.building import build_model
from latens.studies.preparation import prepared_again

__all__ = [
    "announce_study",
    "classify_labels",
    "continue_training",
    "explore_run",
    "export_of_run",
    "load_data",
    "load_events",
    "plan_study",
    "report_run",
    "resume_run",
    "use_denoiser",
    "use_detector",
    "use_index",
    "use_model",
    "use_recommend_run",
    "use_recommender",
    "use_run",
]

_EPOCHS = 6


@cache
def _answers() -> dict[str, np.ndarray]:
    """Valid samples for everything that was saved."""
    with np.load(SAVED / "answers.npz") as file:
        return dict(file)


def load_data(path: Path, rng: Random) -> None:
    """`latens data info`, and loading with settings."""
    if rng.random() < 0.5:
        _command("data", "info", path, *rng.choice(((), ("--json",))))
        return
    settings: dict[str, object] = {"split": rng.choice(("train", "test", "all"))}
    ending = path.suffix.lower()
    if path.is_dir() or ending in (
        ".png",
        ".jpg",
        ".gif",
        ".tif",
        ".tiff",
        ".ppm",
        ".bmp",
        ".webp",
    ):
        settings["image_size"] = rng.choice((None, 8, (5, 20), 300))
    if ending in (".csv", ".tsv", ".parquet", ".pq"):
        settings["label_column"] = rng.choice((None, "label", "color", "id"))
        names = rng.choice((None, ["size", "weight"], ["size", "color=red"], ["column 0"]))
        settings["feature_names"] = names
    dataset = load(path, **settings)  # type: ignore[arg-type]
    fit_scaling(dataset.X)


def load_events(path: Path, rng: Random) -> None:
    """What `latens recommend` reads first."""
    if rng.random() < 0.2:
        events = load_interactions(
            SAVED / "data" / "events.csv", item_names=path if path.is_file() else None
        )
    else:
        events = load_interactions(path, min_rating=rng.choice((None, None, 3.0)))
    str(events.density), events.notes


def classify_labels(path: Path, rng: Random) -> None:
    """`latens classify --labels`."""
    model, out = SAVED / "models" / "Autoencoder", path.parent / "classes.csv"
    data = path.parent / "samples.npy"
    np.save(data, _answers()["table"])
    _command("classify", model, data, "--labels", path, "--method", "probe", "--out", out)


def plan_study(path: Path, rng: Random) -> None:
    """Read a study and make its models, as is done before anything is trained."""
    study = read_study(path)
    if study.small is not None and rng.random() < 0.5:
        study = at_small_scale(study, str(path))
    check_study(study.model_dump(), str(path))
    for settings in study.sized(64).models:
        build_model(settings, seed=study.seed, device="cpu")


def announce_study(path: Path, rng: Random) -> None:
    """Read a study and see what its trainings would cost, which builds the networks and takes a few steps."""
    shape = rng.choice(((28, 28), (28, 28), (32, 32, 3), (8, 8), (6,)))
    X = np.random.default_rng(0).integers(0, 256, (60, *shape), dtype=np.uint8)
    study = read_study(path).sized(X[0].size)
    for settings in rng.sample(study.models, min(2, len(study.models))):
        build_model(settings, seed=study.seed, device="cpu").estimate_cost(X)


def use_model(path: Path, rng: Random) -> None:
    """Load a model and ask it for something."""
    model = latens.load_model(path, device="cpu")
    X = _answers()["images" if len(model.input_shape_) > 1 else "table"][:10]
    Z = model.transform(X)
    uses: tuple[Callable[[], object], ...] = (
        lambda: model.inverse_transform(Z),
        lambda: model.reconstruct(X),
        lambda: model.score_samples(X),
        lambda: model.sample(3),
        lambda: model.save(path.parent / "again"),
        lambda: repr(model),
        lambda: model.history_.best,
    )
    rng.choice(uses)()


def use_detector(path: Path, rng: Random) -> None:
    """Load a detector and score samples."""
    detector = load_detector(path, device="cpu")
    X = _answers()["images" if len(detector.model_.input_shape_) > 1 else "table"][:10]
    rng.choice((detector.score_samples, detector.predict))(X)


def use_denoiser(path: Path, rng: Random) -> None:
    """Load a denoiser and clean images."""
    load_denoiser(path, device="cpu").transform(_answers()["squares"][:2])


def use_recommender(path: Path, rng: Random) -> None:
    """Load a recommender and ask for items."""
    recommender = Recommender.load(path)
    uses: tuple[Callable[[], object], ...] = (
        lambda: recommender.recommend_to_items(["3", "5"], 5).frame(),
        lambda: recommender.similar_items("3", 4),
        lambda: recommender.save(path.parent / "again"),
    )
    rng.choice(uses)()


def use_index(path: Path, rng: Random) -> None:
    """Load an index and search in it."""
    index = SimilarityIndex.load(path)
    names = [
        name
        for name in ("dense", "bits", "sparse")
        if _answers()[f"queries of {name}"].shape[1] == 3
    ]
    queries = _answers()[f"queries of {'bits' if index.metric == 'hamming' else names[0]}"]
    uses: tuple[Callable[[], object], ...] = (
        lambda: index.search(queries, k=3),
        lambda: index.neighbors([1, 2], k=2),
        index.near_duplicates,
        lambda: index.save(path.parent / "again"),
        lambda: index.add(queries),
        lambda: index.remove([3]),
    )
    rng.choice(uses)()


def explore_run(path: Path, rng: Random) -> None:
    """The explorer as a file."""
    _whole(path.parent / "explorer.html", lambda out: write_explorer(Run.open(path), out))


def read_own_columns(path: Path, rng: Random) -> None:
    """The user's own columns in a run, and all that is read from them."""
    for column in Run.open(path).columns():
        column.cells()
        assert column.numbers is None or len(column.numbers) == len(column)
    Run.open(path).columns().frame()


def export_of_run(path: Path, rng: Random) -> None:
    """A run for another program."""
    to = rng.choice(("parquet", "projector"))
    _whole(path.parent / "exported", lambda out: export_run(path, to, out))


def report_run(path: Path, rng: Random) -> None:
    """The page and the JSON beside it."""
    _whole(path / "report.html", lambda out: write_report(Run.open(path)))


def _whole(out: Path, write: Callable[[Path], object]) -> None:
    """Write a file; where that is refused, nothing may be left behind."""
    try:
        write(out)
    except LatensError as error:
        left = [name for name in os.listdir(out.parent) if out.name in name or "partial" in name]  # noqa: PTH208
        if out.parent.is_dir() and left:
            raise AssertionError(f"{left[0]} was left behind") from error
        raise


def use_run(path: Path, rng: Random) -> None:
    """Open a run in each way that a command does."""
    # From here its data are found.
    os.chdir(SAVED)
    data = "data/photos" if path.name == "images" else "data/table.csv"
    codes = path.parent / "codes.npy"
    uses: tuple[Callable[[], object], ...] = (
        lambda: latens.load_model(Run.open(path).trained_model()[1], device="cpu"),
        lambda: check_study(Run.open(path).study, str(path)),
        lambda: _command("embed", path, data, "--out", codes, "--device", "cpu"),
        lambda: _command("embed", path, "--out", codes.with_suffix(".csv"), "--device", "cpu"),
        lambda: _command("search", path, "--row", "3", "--device", "cpu"),
        lambda: _command("search", path, "--duplicates", "--json", "--device", "cpu"),
    )
    rng.choice(uses)()


def use_recommend_run(path: Path, rng: Random) -> None:
    """Open a run of `latens recommend`, and ask it."""
    uses: tuple[Callable[[], object], ...] = (
        lambda: Run.open(path).read_findings(),
        lambda: _command("recommend", path, "--user", "5"),
        lambda: _command("recommend", path, "--similar", "3", "--json"),
        lambda: _command("recommend", path, "--items", "3,5", "--explain", "1"),
    )
    rng.choice(uses)()


def continue_training(path: Path, rng: Random) -> None:
    """Train on from a checkpoint, without the study around it."""
    os.chdir(path)
    run = Run.open("cut")
    study = check_study(run.study, "cut/run.json")
    if not _is_short(study):
        return
    data = prepared_again(run)
    settings = study.models[0]
    checkpoint = run.checkpoint_path(f"{settings.name}-{study.seed}")
    build_model(settings, seed=study.seed, device="cpu", checkpoint=checkpoint).fit(data.train.X)


def resume_run(path: Path, rng: Random) -> None:
    """`latens run --resume`."""
    os.chdir(path)
    if _is_short(check_study(Run.open("cut").study, "cut/run.json")):
        resume_study("cut")


def _is_short(study: object) -> bool:
    """Whether a study asks for no more work than it did: one that takes hours is not wrong."""
    models, seeds = study.models, study.seeds  # type: ignore[attr-defined]
    epochs = [model.trainer.get("max_epochs") for model in models]
    few = all(isinstance(n, int) and n <= _EPOCHS for n in epochs)
    return few and seeds <= 2 and len(models) == 1


def _command(*arguments: object) -> None:
    """A command of the program; a wrong usage that is said to be one is no fault."""
    with suppress(typer.BadParameter, typer.Exit):
        app(args=[str(one) for one in arguments], prog_name="latens", standalone_mode=False)
