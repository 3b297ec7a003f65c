"""`latens denoise`: noise removed from an image, a folder of images, or the samples of a run."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from typer import Context, Option

from latens._saved import SavedKind
from latens.cli.console import print_json, print_path, print_table, say, say_notes
from latens.cli.inputs import refuse_flags, write_finding
from latens.cli.options import Device, Epochs, Json, Overwrite, Preset, Seed, given
from latens.cli.saving import check_free, check_place
from latens.exceptions import DataError, RunError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from latens.applications import DenoisedImages
    from latens.applications.denoise.image_files import ImageFiles
    from latens.models import DenoisingAutoencoder
    from latens.runs import Run
    from latens.training import Trainer

__all__ = ["denoise"]

_TIME_LIMIT = "2 min"
_WRITTEN = (".png", ".tif", ".tiff", ".bmp")


def denoise(
    context: Context,
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
    epochs: Epochs = None,
    time_limit: Annotated[
        str | None, Option(help=f"Training time, such as '90 s'. [default: {_TIME_LIMIT}]")
    ] = None,
    preset: Preset = None,
    device: Device = "auto",
    seed: Seed = 0,
    overwrite: Overwrite = False,
    json: Json = False,
) -> None:
    """Remove noise from images.

    Without --clean it learns from the noisy images alone: that works for noise that is independent from
    pixel to pixel. With --clean it learns from clean images of the same kind, which is better.
    """
    if sigma is not None and not 0 < sigma < float("inf"):
        raise typer.BadParameter(f"must be above 0. Got {sigma:g}.", param_hint="--sigma")
    kind, history = _kind(context, source), None
    if kind == "run":
        facts = _evaluate_run(context, source)
    else:
        places = _Places(source, data or source, out, clean, save)
        files, out = places.check(overwrite=overwrite)
        found, dtype = _denoise(context, kind, places, files)
        files.write(out, found.images, dtype)
        if save is not None:
            found.denoiser.save(save, overwrite=overwrite)
        facts = _facts(kind, found, out, places)
        history = None if kind == "denoiser" else found.denoiser.history_
    if json:
        print_json(facts)
    else:
        if facts["scores"]:
            print_table("Held-out samples", ["", "PSNR in dB"], facts["scores"])
        say(facts["sentence"])
        print_path(facts["out"])
    if history is not None:
        from latens.cli.interrupts import end_as_stopped

        end_as_stopped(history)


def _kind(context: Context, source: Path) -> Literal["run", "denoiser", "images"]:
    """What the source is; refuse what would change nothing for it."""
    if not source.exists():
        raise DataError(f"'{source}' does not exist. Give an image, a folder of images or a run.")
    flags = context.params
    trained, training = f"'{source}' is trained already.", ("epochs", "time_limit", "preset")
    if (source / "run.json").is_file():
        refuse_flags(context, trained, *training)
        if any(flags[name] for name in ("data", "clean", "save", "out")):
            raise typer.BadParameter(
                "A run is judged on its own held-out samples, and the result is written into it; it takes "
                "no DATA, --clean, --save or --out."
            )
        return "run"
    if SavedKind("denoiser").is_at(source):
        refuse_flags(context, trained, "clean", *training)
        if flags["data"] is None:
            raise typer.BadParameter("A saved denoiser needs DATA, the noisy images.")
        return "denoiser"
    if flags["data"] is not None:
        raise typer.BadParameter("DATA is for a saved denoiser or a run; give noisy images alone.")
    return "images"


@dataclass(frozen=True)
class _Places:
    """What is read and written."""

    source: Path
    noisy: Path
    out: Path | None
    clean: Path | None
    save: Path | None

    def check(self, *, overwrite: bool) -> "tuple[ImageFiles, Path]":
        """Find the noisy images, and where they go if the results may be written there."""
        from latens.applications.denoise.image_files import ImageFiles

        if not self.noisy.exists():
            raise DataError(f"'{self.noisy}' does not exist. Give an image or a folder of images.")
        ending = "" if self.noisy.is_dir() else ".png"
        out = self.out or Path(f"{self.noisy.resolve().stem}-denoised{ending}")
        if ending and out.suffix.lower() not in _WRITTEN:
            raise typer.BadParameter(
                f"'{out}' must end in {', '.join(_WRITTEN)}.", param_hint="--out"
            )
        files = ImageFiles.at(self.noisy)
        check_place(self.save, "denoiser", overwrite=overwrite)
        if self.save is not None and self.save.resolve() == out.resolve():
            raise typer.BadParameter("--save and --out are one folder; choose two.")
        if out.exists():
            check_free(out, overwrite=overwrite)
            needed = (self.source, self.noisy, self.clean, self.save, Path())
            files.check_replaceable(out, [place for place in needed if place is not None])
        return files, out


def _denoise(
    context: Context, kind: str, places: _Places, files: "ImageFiles"
) -> "tuple[DenoisedImages, np.dtype[Any]]":
    """The images without their noise, by a denoiser that was saved or is trained now, and their type."""
    from latens.applications import denoise_images, denoise_with, load_denoiser
    from latens.applications.denoise.finding import is_gaussian
    from latens.applications.denoise.image_files import ImageFiles

    images, sigma = files.read(), context.params["sigma"]
    if kind == "denoiser":
        denoiser = load_denoiser(places.source, device=context.params["device"])
        if sigma is not None and not is_gaussian(denoiser):
            raise typer.BadParameter(
                f"'{places.source}' removes noise that spoils single values.", param_hint="--sigma"
            )
        found = denoise_with(denoiser, images, noise_level=sigma, say=say)
    else:
        clean = None if places.clean is None else ImageFiles.at(places.clean).read(like=images[0])
        found = denoise_images(
            images,
            clean=clean,
            noise_level=sigma,
            trainer=_trainer(context),
            random_state=context.params["seed"],
            say=say,
        )
    return found, images[0].dtype


def _trainer(context: Context) -> "Trainer":
    from latens._devices import resolve_device
    from latens.cli.interrupts import terminal_callbacks
    from latens.training import Trainer

    device = context.params["device"]
    resolve_device(device)
    asked = given(context, "preset", "time_limit", max_epochs="epochs")
    usual = {"preset": "balanced"} | ({} if asked else {"time_limit": _TIME_LIMIT})
    return Trainer(**usual | asked, device=device, callbacks=terminal_callbacks("denoiser"))


def _facts(kind: str, found: "DenoisedImages", out: Path, places: _Places) -> dict[str, Any]:
    learned_from = "saved" if kind == "denoiser" else "noisy" if places.clean is None else "clean"
    return {
        "out": str(out),
        "images": len(found.images),
        "noise": found.noise.tolist(),
        "saved": None if places.save is None else str(places.save),
        "learnt_from": learned_from,
        "scores": _means(found.scores),
        "sentence": found.sentence,
    }


def _means(scores: "Mapping[str, np.ndarray]") -> list[list[str]]:
    return [[name, f"{ratios.mean():.2f}"] for name, ratios in scores.items()]


def _evaluate_run(context: Context, source: Path) -> dict[str, Any]:
    """Score the denoising autoencoder of a run on its held-out samples."""
    from latens.applications import evaluate_denoising
    from latens.applications.denoise.finding import is_gaussian
    from latens.runs import Run
    from latens.studies.preparation import prepared_again

    run, flags = Run.open(source), context.params
    run.check_writable()
    model = _denoising_model(run, flags["device"])
    if flags["sigma"] is not None and not is_gaussian(model):
        raise typer.BadParameter(
            f"The model of this run removes {model.noise} noise, whose level is a share of the values.",
            param_hint="--sigma",
        )
    data = prepared_again(run)
    found = evaluate_denoising(
        model, data.train, data.test, noise_level=flags["sigma"], random_state=flags["seed"]
    )
    say_notes(found.notes)
    write_finding(context, source, "denoise", found.to_finding())
    return {"out": str(source), "sentence": found.sentence, "scores": _means(found.scores)}


def _denoising_model(run: "Run", device: str) -> "DenoisingAutoencoder":
    import latens
    from latens.models import DenoisingAutoencoder

    for name in run.model_names:
        folder = run.model_path(name)
        if folder.is_dir():
            model = latens.load_model(folder, device=device)
            if isinstance(model, DenoisingAutoencoder):
                return model
    raise RunError(
        f"The run '{run.path}' has no trained DenoisingAutoencoder. Train one: latens run DATA --model "
        "DenoisingAutoencoder."
    )
