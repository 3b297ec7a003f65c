"""`latens denoise`: noise removed from an image, a folder of images, or the samples of a run."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from latens._saved import SavedKind
from latens.cli.console import print_json, print_path, print_table, say
from latens.cli.denoised_images import check_out, image_paths, read_images, write_images
from latens.cli.denoised_run import denoise_run
from latens.cli.opening import refuse_flags
from latens.cli.saving import check_free, check_place
from latens.exceptions import DataError

if TYPE_CHECKING:
    import numpy as np

    from latens.applications.denoise.base import BaseDenoiser
    from latens.training import History, Trainer

__all__ = ["denoise"]

Option = typer.Option
Table = list[list[str]]

_TIME_LIMIT = "2 min"
_WRITTEN = (".png", ".tif", ".tiff", ".bmp")
# Clean images that are kept from training and scored.
_HELD_OUT, _MOST_HELD_OUT = 0.1, 20


def denoise(
    context: typer.Context,
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
    trained, training = f"'{source}' is trained already.", ("epochs", "time_limit", "preset")
    if (source / "run.json").is_file():
        refuse_flags(context, trained, *training)
        if data or clean or save or out:
            raise typer.BadParameter(
                "A run is judged on its own held-out samples, and the result is written into it; it takes "
                "no DATA, --clean, --save or --out."
            )
        done, history = denoise_run(source, sigma, seed, device), None
    elif SavedKind("denoiser").is_at(source):
        refuse_flags(context, trained, "clean", *training)
        done, history = _denoise_by_saved(asked, device), None
    else:
        done, history = _denoise_images(asked, lambda: _trainer(epochs, time_limit, preset, device))
    if json:
        print_json(done)
    else:
        if done["scores"]:
            print_table("Held-out samples", ["", "PSNR in dB"], done["scores"])
        say(done["sentence"])
        print_path(done["out"])
    if history is not None:
        from latens.cli.interrupts import end_as_stopped

        end_as_stopped(history)


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
    from latens.cli.interrupts import terminal_callbacks
    from latens.training import Trainer

    resolve_device(device)
    given = epochs is not None or preset is not None
    limit = time_limit or (None if given else _TIME_LIMIT)
    return Trainer(
        epochs,
        preset=preset or "balanced",
        time_limit=limit,
        device=device,
        callbacks=terminal_callbacks("denoiser"),
    )


def _denoise_images(
    asked: _Asked, trainer: Callable[[], "Trainer"]
) -> tuple[dict[str, Any], "History"]:
    """Images cleaned by a denoiser that is trained now, and how that went."""
    from latens.applications import BlindDenoiser, Denoiser, estimate_noise
    from latens.applications.denoise.headline import unscored_headline

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
    sentence = unscored_headline(len(work.images), "these noisy images alone")
    denoiser: BaseDenoiser
    if clean is not None:
        denoiser = Denoiser(asked.sigma, trainer=trainer(), random_state=asked.seed)
        level = asked.sigma or max(1.0, statistics.median(levels))
        scores, sentence = _fit_clean(denoiser, clean, level, asked.seed)
    else:
        say(f"learning from {len(work.images):,} noisy images alone ...")
        denoiser = BlindDenoiser(asked.sigma, trainer=trainer(), random_state=asked.seed)
        denoiser.fit(work.images)
    done = work.finish(denoiser, levels)
    learnt_from = "clean" if asked.clean else "noisy"
    found = {"learnt_from": learnt_from, "scores": scores, "sentence": sentence}
    return {**done, **found}, denoiser.history_


def _denoise_by_saved(asked: _Asked, device: str) -> dict[str, Any]:
    """Images cleaned by a denoiser that was saved."""
    from latens.applications import load_denoiser
    from latens.applications.denoise.headline import unscored_headline

    if asked.data is None:
        raise typer.BadParameter("A saved denoiser needs DATA, the noisy images.")
    work = _Work.of(asked, asked.data)
    denoiser = load_denoiser(asked.source, device=device)
    if asked.sigma is not None and _spoils_single_values(denoiser):
        raise typer.BadParameter(
            f"'{asked.source}' removes noise that spoils single values.", param_hint="--sigma"
        )
    done = work.finish(denoiser, denoiser.levels(work.images, asked.sigma))
    sentence = unscored_headline(len(work.images), "other images")
    return {**done, "learnt_from": "saved", "scores": [], "sentence": sentence}


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
        paths = image_paths(source)
        check_place(asked.save, "denoiser", overwrite=asked.overwrite)
        _check_free(out, asked, source, paths)
        return cls(asked, source, out, paths, read_images(paths))

    def finish(self, denoiser: "BaseDenoiser", levels: Any) -> dict[str, Any]:
        """Clean the images, and write them and the denoiser."""
        low, high = float(min(levels)), float(max(levels))
        if _spoils_single_values(denoiser):
            say(f"noise that spoils {100 * high:g} % of the values")
        else:
            say(f"noise of a standard deviation of {low:.1f} to {high:.1f} grey levels")
        cleaned = denoiser.transform(self.images, noise_level=self.asked.sigma)
        write_images(self.out, self.source, self.paths, cleaned, self.images[0].dtype)
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
    images = read_images(image_paths(folder))
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
) -> tuple[Table, str]:
    """Fit on clean images but a few, and score these with noise of a level; in a table and in words."""
    import numpy as np

    from latens.applications import WienerDenoiser
    from latens.applications.denoise.headline import NOT_SCORED, decibels, denoising_headline

    rng = np.random.default_rng(seed)
    n_held_out = min(_MOST_HELD_OUT, round(_HELD_OUT * len(images)))
    order = rng.permutation(len(images))
    train = [images[row] for row in order[n_held_out:]]
    held_out = [images[row] for row in order[:n_held_out]]
    say(f"learning from {len(train):,} clean images, {n_held_out:,} held out ...")
    denoiser.fit(train)
    if not held_out:
        return [], NOT_SCORED
    spoilt = [image + rng.normal(scale=level, size=image.shape) for image in held_out]
    ways = {
        "noisy": spoilt,
        "linear (Wiener)": WienerDenoiser(level).fit(train).transform(spoilt),
        "denoiser": denoiser.transform(spoilt, noise_level=level),
    }
    top = float(np.iinfo(held_out[0].dtype).max)
    by_image = {
        name: decibels(held_out, [image.clip(0, top) for image in images], top)
        for name, images in ways.items()
    }
    noise = f"Gaussian noise with a standard deviation of {level:.1f} grey levels"
    sentence = denoising_headline("denoiser", by_image, "held-out image", noise)
    return [[name, f"{values.mean():.2f}"] for name, values in by_image.items()], sentence


def _default_out(source: Path) -> Path:
    name = f"{source.resolve().stem}-denoised"
    return Path(name) if source.is_dir() else Path(f"{name}.png")


def _check_free(out: Path, asked: _Asked, source: Path, paths: Sequence[Path]) -> None:
    """Refuse to write where something is, unless it may be replaced."""
    if asked.save is not None and asked.save.resolve() == out.resolve():
        raise typer.BadParameter("--save and --out are one folder; choose two.")
    if not out.exists():
        return
    check_free(out, overwrite=asked.overwrite)
    places = (asked.source, asked.data, asked.clean, asked.save, Path())
    check_out(out, source, paths, [place for place in places if place is not None])
