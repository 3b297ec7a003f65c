"""`latens denoise`: noise removed from an image, a folder of images, or the samples of a run."""

import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from latens._saved import SavedKind
from latens._writing import whole_file, whole_folder
from latens.cli.console import print_json, print_table, say
from latens.cli.opening import refuse_flags
from latens.cli.saving import check_place
from latens.exceptions import DataError, LatensError, ParameterError, RunError

if TYPE_CHECKING:
    import numpy as np

    from latens.applications.denoise.base import BaseDenoiser
    from latens.models import DenoisingAutoencoder
    from latens.runs import Run, Use
    from latens.training import Trainer

__all__ = ["denoise"]

Option = typer.Option
Table = list[list[str]]

_TIME_LIMIT = "2 min"
_WRITTEN = (".png", ".tif", ".tiff", ".bmp")
# Clean images that are kept from training and scored, and samples of a run in its picture.
_HELD_OUT, _MOST_HELD_OUT, _SHOWN = 0.1, 20, 8
_SCORED = 1_000


def denoise(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="RUN|DENOISER|FOLDER|IMAGE",
            help="Noisy images; or a run of a DenoisingAutoencoder; or a folder that --save wrote.",
            show_default=False,
        ),
    ],
    data: Annotated[
        Path | None,
        typer.Argument(metavar="DATA", help="The noisy images for a DENOISER.", show_default=False),
    ] = None,
    out: Annotated[
        Path | None,
        Option(help="An image for an image, else a folder. [default: NAME-denoised]"),
    ] = None,
    clean: Annotated[
        Path | None, Option(metavar="FOLDER", help="Learn from these clean images.")
    ] = None,
    sigma: Annotated[
        float | None,
        Option(
            help="Standard deviation of the noise, in grey levels; of a run of a table, in standard "
            "deviations of its columns. [default: estimated]"
        ),
    ] = None,
    save: Annotated[
        Path | None, Option(metavar="DENOISER", help="Keep what was trained in this folder.")
    ] = None,
    epochs: Annotated[int | None, Option(min=1, help="Passes over the training samples.")] = None,
    time_limit: Annotated[
        str | None, Option(help=f"Training time, such as '90 s'. [default: {_TIME_LIMIT}]")
    ] = None,
    preset: Annotated[
        Literal["fast", "balanced", "best"] | None, Option(help="How long to train instead.")
    ] = None,
    device: Annotated[str, Option(help="auto, cpu, cuda, cuda:N or mps.")] = "auto",
    seed: Annotated[int, Option(min=0, help="Decides every draw.")] = 0,
    overwrite: Annotated[bool, Option("--overwrite", help="Replace what --out names.")] = False,
    json: Annotated[bool, Option("--json", help="Print what was done as JSON on stdout.")] = False,
) -> None:
    """Remove noise from images.

    Without --clean it learns from the noisy images alone: that works for noise that is independent from
    pixel to pixel. With --clean it learns from clean images of the same kind, which is better.
    """
    if sigma is not None and not 0 < sigma < float("inf"):
        raise typer.BadParameter(f"must be above 0. Got {sigma:g}.", param_hint="--sigma")
    if not source.exists():
        raise DataError(f"'{source}' does not exist. Give an image, a folder of images or a run.")
    asked = _Asked(source, data, out, clean, sigma, save, seed, overwrite)
    training = {"epochs": epochs, "time_limit": time_limit, "preset": preset}
    if (source / "run.json").is_file():
        refuse_flags(source, training)
        done = _denoise_run(asked, device)
    elif SavedKind("denoiser").is_at(source):
        refuse_flags(source, {"clean": clean, **training})
        done = _denoise_by_saved(asked, device)
    else:
        done = _denoise_images(asked, lambda: _trainer(epochs, time_limit, preset, device))
    if json:
        print_json(done)
        return
    if done["scores"]:
        print_table("Held-out samples", ["", "PSNR in dB"], done["scores"])
    sys.stdout.write(f"{done['out']}\n")


@dataclass(frozen=True)
class _Asked:
    """The arguments that decide what is read, learnt and written."""

    source: Path
    data: Path | None
    out: Path | None
    clean: Path | None
    sigma: float | None
    save: Path | None
    seed: int
    overwrite: bool


def _trainer(
    epochs: int | None, time_limit: str | None, preset: str | None, device: str
) -> "Trainer":
    from latens._devices import resolve_device
    from latens.cli.interrupts import StopOnInterrupt
    from latens.training import EpochLines, ProgressBar, Trainer

    try:
        resolve_device(device)
    except ParameterError as error:
        raise typer.BadParameter(str(error), param_hint="--device") from error
    progress = ProgressBar("denoiser") if sys.stderr.isatty() else EpochLines("denoiser")
    given = epochs is not None or preset is not None
    limit = time_limit or (None if given else _TIME_LIMIT)
    return Trainer(
        epochs,
        preset=preset or "balanced",
        time_limit=limit,
        device=device,
        callbacks=(progress, StopOnInterrupt()),
    )


def _denoise_images(asked: _Asked, trainer: Callable[[], "Trainer"]) -> dict[str, Any]:
    """Images cleaned by a denoiser that is trained now."""
    from latens.applications import BlindDenoiser, Denoiser, estimate_noise

    if asked.data is not None:
        raise typer.BadParameter("DATA is for a saved denoiser or a run; give noisy images alone.")
    work = _Work.of(asked, asked.source)
    clean = None if asked.clean is None else _read_clean(asked.clean, work.images[0])
    # Before the training: images too small to tell should not cost minutes.
    levels = (
        estimate_noise(work.images).tolist()
        if asked.sigma is None
        else [asked.sigma] * len(work.images)
    )
    scores: Table = []
    denoiser: BaseDenoiser
    if clean is not None:
        denoiser = Denoiser(asked.sigma, trainer=trainer(), random_state=asked.seed)
        level = asked.sigma or max(1.0, statistics.median(levels))
        scores = _fit_clean(denoiser, clean, level, asked.seed)
    else:
        say(f"learning from {len(work.images):,} noisy images alone ...")
        denoiser = BlindDenoiser(asked.sigma, trainer=trainer(), random_state=asked.seed)
        denoiser.fit(work.images)
    done = work.finish(denoiser, levels)
    return {**done, "learnt_from": "clean" if asked.clean else "noisy", "scores": scores}


def _denoise_by_saved(asked: _Asked, device: str) -> dict[str, Any]:
    """Images cleaned by a denoiser that was saved."""
    from latens.applications import load_denoiser

    if asked.data is None:
        raise typer.BadParameter("A saved denoiser needs DATA, the noisy images.")
    work = _Work.of(asked, asked.data)
    denoiser = load_denoiser(asked.source, device=device)
    if asked.sigma is not None and _spoils_single_values(denoiser):
        raise typer.BadParameter(
            f"'{asked.source}' removes noise that spoils single values.", param_hint="--sigma"
        )
    done = work.finish(denoiser, denoiser.levels(work.images, asked.sigma))
    return {**done, "learnt_from": "saved", "scores": []}


def _spoils_single_values(denoiser: "BaseDenoiser") -> bool:
    return getattr(denoiser, "noise", "gaussian") != "gaussian"


@dataclass(frozen=True)
class _Work:
    """Noisy images, and where they go once they are clean."""

    asked: _Asked
    source: Path
    out: Path
    paths: list[Path]
    images: "list[np.ndarray]"

    @classmethod
    def of(cls, asked: _Asked, source: Path) -> "_Work":
        """Read the images, if the results may be written."""
        if not source.exists():
            raise DataError(f"'{source}' does not exist. Give an image or a folder of images.")
        out = asked.out or _default_out(source)
        if not source.is_dir() and out.suffix.lower() not in _WRITTEN:
            raise typer.BadParameter(
                f"'{out}' must end in {', '.join(_WRITTEN)}.", param_hint="--out"
            )
        paths = _image_paths(source)
        check_place(asked.save, "denoiser", overwrite=asked.overwrite)
        _check_out(out, asked, source, paths)
        return cls(asked, source, out, paths, _read_images(paths))

    def finish(self, denoiser: "BaseDenoiser", levels: Any) -> dict[str, Any]:
        """Clean the images, and write them and the denoiser."""
        low, high = float(min(levels)), float(max(levels))
        if _spoils_single_values(denoiser):
            say(f"noise that spoils {100 * high:g} % of the values")
        else:
            say(f"noise of a standard deviation of {low:.1f} to {high:.1f} grey levels")
        cleaned = denoiser.transform(self.images, noise_level=self.asked.sigma)
        _write_images(self.out, self.source, self.paths, cleaned, self.images[0].dtype)
        save = self.asked.save
        if save is not None:
            denoiser.save(save, overwrite=self.asked.overwrite)
        return {
            "out": str(self.out),
            "images": len(self.images),
            "noise": [float(level) for level in levels],
            "saved": None if save is None else str(save),
        }


def _read_clean(folder: Path, noisy: "np.ndarray") -> "list[np.ndarray]":
    """Clean images, if they are like a noisy one."""
    images = _read_images(_image_paths(folder))
    for what, here, there in (
        ("of the type", images[0].dtype, noisy.dtype),
        ("with channels", images[0].shape[2:], noisy.shape[2:]),
    ):
        if here != there:
            raise DataError(
                f"The clean images in '{folder}' are {what} {here}, the noisy ones {there}. Give both alike."
            )
    return images


def _fit_clean(
    denoiser: "BaseDenoiser", images: "list[np.ndarray]", level: float, seed: int
) -> Table:
    """Fit on clean images but a few, and score these with noise of a level."""
    import numpy as np

    from latens.applications import WienerDenoiser

    rng = np.random.default_rng(seed)
    n_held_out = min(_MOST_HELD_OUT, round(_HELD_OUT * len(images)))
    order = rng.permutation(len(images))
    train = [images[row] for row in order[n_held_out:]]
    held_out = [images[row] for row in order[:n_held_out]]
    say(f"learning from {len(train):,} clean images, {n_held_out:,} held out ...")
    denoiser.fit(train)
    if not held_out:
        return []
    spoilt = [image + rng.normal(scale=level, size=image.shape) for image in held_out]
    ways = {
        "noisy": spoilt,
        "linear (Wiener)": WienerDenoiser(level).fit(train).transform(spoilt),
        "denoiser": denoiser.transform(spoilt, noise_level=level),
    }
    return [[name, f"{_psnr(held_out, rebuilt):.2f}"] for name, rebuilt in ways.items()]


def _psnr(clean: Sequence["np.ndarray"], rebuilt: Sequence["np.ndarray"]) -> float:
    """The mean over images, with what was rebuilt clipped to the range of bytes or of 16 bits."""
    import numpy as np

    top = float(np.iinfo(clean[0].dtype).max)
    errors = [
        np.square(b.clip(0, top) - a.astype(np.float64)).mean()
        for a, b in zip(clean, rebuilt, strict=True)
    ]
    return float(np.mean([10 * np.log10(top**2 / max(error, 1e-12)) for error in errors]))


def _image_paths(source: Path) -> list[Path]:
    """All images under a folder, or one."""
    from latens.data.image_files import ENDINGS

    paths = [source]
    if source.is_dir():
        found = sorted(path for path in source.rglob("*") if path.suffix.lower() in ENDINGS)
        paths = [
            p for p in found if not any(n.startswith(".") for n in p.relative_to(source).parts)
        ]
    if not paths:
        raise DataError(f"'{source}' has no images. Known are {', '.join(ENDINGS)}.")
    return paths


def _read_images(paths: Sequence[Path]) -> list["np.ndarray"]:
    """Images at their own size; grey only if all are grey."""
    from latens.data.image_files import probe_image, read_image

    facts = [_named(path, probe_image, path) for path in paths]
    rgb = any(fact.is_colour for fact in facts)
    sizes = [(fact.height, fact.width) for fact in facts]
    return [
        _named(path, read_image, path, size, rgb=rgb)
        for path, size in zip(paths, sizes, strict=True)
    ]


def _named(path: Path, read: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """What a reader of image files gives, its errors with the name of the file."""
    try:
        return read(*arguments, **options)
    except DataError as error:
        raise DataError(f"'{path}' cannot be read: {error}.") from error


def _default_out(source: Path) -> Path:
    name = f"{source.resolve().stem}-denoised"
    return Path(name) if source.is_dir() else Path(f"{name}.png")


def _check_out(out: Path, asked: _Asked, source: Path, paths: Sequence[Path]) -> None:
    """Refuse to write where something would be lost."""
    if asked.save is not None and asked.save.resolve() == out.resolve():
        raise typer.BadParameter("--save and --out are one folder; choose two.")
    if not out.exists():
        return
    if not asked.overwrite:
        raise RunError(
            f"'{out}' exists already. Choose another --out, or replace it with --overwrite."
        )
    is_folder = source.is_dir()
    if out.is_dir() != is_folder or (is_folder and out.is_symlink()):
        what = "is a folder or a link" if out.is_dir() else "is no folder"
        raise RunError(f"'{out}' {what}, so it is not replaced. Choose another --out.")
    for place in (asked.source, asked.data, asked.clean, asked.save, Path()):
        if place is not None and place.resolve().is_relative_to(out.resolve()):
            raise RunError(
                f"'{out}' is or contains '{place.resolve()}', so it is not replaced. Choose another --out."
            )
    if is_folder:
        _check_content(out, _names(source, paths))


def _names(source: Path, paths: Sequence[Path]) -> list[Path]:
    """The names of cleaned images in their folder."""
    names = [path.relative_to(source) for path in paths]
    # a.png and a.jpg would both become a.png.
    alone = len({name.with_suffix("") for name in names}) == len(names)
    return [name.with_suffix(".png") if alone else Path(f"{name}.png") for name in names]


def _check_content(folder: Path, names: Sequence[Path]) -> None:
    """Refuse to replace a folder that holds anything but earlier results."""
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_symlink() or not (path.is_dir() or inside in names):
            raise RunError(
                f"'{folder}' holds '{inside}', which would not be written anew, so the folder is not "
                "replaced. Choose another --out."
            )


def _write_images(
    out: Path,
    source: Path,
    paths: Sequence[Path],
    images: Sequence["np.ndarray"],
    dtype: "np.dtype[Any]",
) -> None:
    """Write one file, or a folder with the names of the source, whole or not at all."""
    import numpy as np
    from PIL import Image

    top = np.iinfo(dtype).max
    pixels = [np.rint(image).clip(0, top).astype(dtype) for image in images]
    if source.is_file():
        kind = Image.registered_extensions()[out.suffix.lower()]
        with whole_file(out) as temporary:
            Image.fromarray(pixels[0]).save(temporary, format=kind)
        return
    names = _names(source, paths)
    with whole_folder(out) as folder:
        for name, image in zip(names, pixels, strict=True):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(image).save(path)
        if out.exists():
            _check_content(out, names)  # again: minutes have passed


def _denoise_run(asked: _Asked, device: str) -> dict[str, Any]:
    """What the denoising autoencoder of a run does to its held-out samples, spoilt anew."""
    if asked.data or asked.clean or asked.save or asked.out:
        raise typer.BadParameter(
            "A run is judged on its own held-out samples, and the result is written into it; it takes "
            "no DATA, --clean, --save or --out."
        )
    from latens.runs import Run

    run = Run.open(asked.source)
    model = _denoising_model(run, device)
    if asked.sigma is not None and model.noise != "gaussian":
        raise typer.BadParameter(
            f"The model of this run removes {model.noise} noise, whose level is a share of the values.",
            param_hint="--sigma",
        )
    use, scores = _judged(run, model, asked)
    run.write_use("denoise", use)
    return {"out": str(run.path), "sentence": use.sentence, "scores": scores}


def _denoising_model(run: "Run", device: str) -> "DenoisingAutoencoder":
    import latens
    from latens.models import DenoisingAutoencoder

    for settings in run.info["study"]["models"]:
        folder = run.model_path(settings["name"])
        if folder.is_dir():
            model = latens.load_model(folder, device=device)
            if isinstance(model, DenoisingAutoencoder):
                return model
    raise RunError(
        f"The run '{run.path}' has no trained DenoisingAutoencoder. Train one: latens run DATA --model "
        "DenoisingAutoencoder."
    )


def _judged(run: "Run", model: "DenoisingAutoencoder", asked: _Asked) -> tuple["Use", Table]:
    """Held-out samples spoilt as the model knows it, cleaned, and scored in the model's units."""
    import numpy as np
    import torch

    from latens.applications import WienerDenoiser
    from latens.objectives import CORRUPTIONS
    from latens.runs import Table as UseTable
    from latens.runs import Use
    from latens.studies import check_study
    from latens.studies.preparation import prepare

    prepared = prepare(check_study(run.info["study"], str(run.path)))
    scaling = model.scaling_
    train = scaling.apply(prepared.train.X).astype(np.float32)
    clean = scaling.apply(prepared.test.X[:_SCORED]).astype(np.float32)
    unit = float(scaling.scale) if scaling.bounded else 1.0
    level = model.noise_level if asked.sigma is None else asked.sigma / unit
    with torch.random.fork_rng([]):
        torch.manual_seed(asked.seed)
        noisy = CORRUPTIONS[model.noise](torch.from_numpy(clean), level).numpy()
    by_model = scaling.apply(model.denoise(scaling.undo(noisy)))
    ways = {"noisy": noisy, "DenoisingAutoencoder": by_model}
    if model.noise == "gaussian" and level > 0:
        try:
            ways["linear (Wiener)"] = WienerDenoiser(level).fit(train).transform(noisy)
        except LatensError as error:
            say(f"note: no linear denoiser beside it: {error}")
    rows = []
    for name, x in ways.items():
        x = x.clip(0, 1) if scaling.bounded else x
        errors = np.square(x - clean).reshape(len(clean), -1).mean(1)
        rows.append((name, round(float(np.mean(-10 * np.log10(errors.clip(1e-12)))), 2)))
    best = max(rows, key=lambda row: row[1])
    sentence = (
        f"Of samples with {model.noise} noise of level {level:g}, {best[0]} comes closest to the clean "
        f"ones: {best[1]:.2f} dB, where the noisy ones are at {rows[0][1]:.2f} dB."
    )
    table = UseTable(
        title="Noise removed from held-out samples",
        columns=("by", "PSNR in dB"),
        rows=tuple(rows),
        note="Noise added anew to samples that were not learnt from; larger is better.",
    )
    use = Use(
        question="Can it remove noise?",
        sentence=sentence,
        tables=(table,),
        mosaics=_mosaics(clean, ways) if scaling.bounded and clean.ndim > 2 else (),
    )
    return use, [[name, f"{value:.2f}"] for name, value in rows]


def _mosaics(clean: "np.ndarray", ways: dict[str, "np.ndarray"]) -> tuple[Any, ...]:
    import numpy as np

    from latens.runs import Mosaic

    if clean.ndim == 4 and clean.shape[-1] != 3:
        return ()
    rows = {"clean": clean, **ways}
    images = np.stack([np.rint(255 * x[:_SHOWN].clip(0, 1)) for x in rows.values()])
    return (Mosaic(title="Noise removed", images=images.astype(np.uint8), row_names=tuple(rows)),)
