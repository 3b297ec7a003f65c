"""`latens denoise`: noise removed from an image, a folder of images, or the samples of a run."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from typer import Argument, BadParameter, Context, Option

from latens._saved import SavedKind
from latens.cli import options
from latens.cli.console import print_json, print_path, print_table, say, say_notes
from latens.cli.inputs import keep_finding, refuse_flags, taken
from latens.cli.saving import check_place
from latens.exceptions import DataError

if TYPE_CHECKING:
    import numpy as np

    from latens.applications import DenoisedImages
    from latens.applications.denoise.image_files import ImageFiles
    from latens.training import Trainer

__all__ = ["denoise"]

_TIME_LIMIT = "2 min"
_WRITTEN = (".png", ".tif", ".tiff", ".bmp")


def denoise(
    context: Context,
    source: Annotated[
        Path,
        Argument(
            metavar="RUN|DENOISER|FOLDER|IMAGE",
            help="Noisy images; or a run of a DenoisingAutoencoder; or a folder that --save wrote.",
            show_default=False,
        ),
    ],
    data: Annotated[
        Path | None,
        Argument(metavar="DATA", help="The noisy images for a DENOISER.", show_default=False),
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
    epochs: options.Epochs = None,
    time_limit: options.TimeLimit = None,
    preset: options.Preset = None,
    device: options.Device = "auto",
    seed: options.Seed = 0,
    overwrite: options.Overwrite = False,
    json: options.Json = False,
) -> None:
    """Remove noise from images.

    Without --clean it learns from the noisy images alone: that works for noise that is independent from
    pixel to pixel. With --clean it learns from clean images of the same kind, which is better.
    """
    found, places = _mode(context).denoise(context)
    facts = {**places, **found.facts()}
    if json:
        print_json(facts)
    else:
        if facts["scores"]:
            print_table("Held-out samples", ["", "PSNR in dB"], facts["scores"])
        say(facts["sentence"])
        print_path(facts["out"])
    if facts.get("learnt_from") in ("noisy", "clean"):
        from latens.cli.interrupts import end_as_stopped

        end_as_stopped(found.denoiser.history_)


@dataclass(frozen=True)
class _OfRun:
    """A run of a denoising autoencoder, which is scored on its held-out samples."""

    source: Path
    sigma: float | None
    device: str
    seed: int

    def denoise(self, context: Context) -> tuple[Any, dict[str, str | None]]:
        """Return what was found, and where it was written."""
        from latens.applications import evaluate_denoising
        from latens.models import DenoisingAutoencoder
        from latens.studies.source import Source

        source = Source(self.source)
        source.check_writable()
        model = source.model_of_kind(DenoisingAutoencoder, device=self.device)
        why = f"The model of this run removes {model.noise} noise, whose level is a share of the values."
        _check_sigma(self.sigma, model, why)
        data, how = source.prepared, {"random_state": self.seed}
        found = evaluate_denoising(model, data.train, data.test, noise_level=self.sigma, **how)
        say_notes(found.notes)
        keep_finding(context, source, "denoise", found.to_finding())
        return found, {"out": str(self.source)}


@dataclass(frozen=True)
class _Images:
    """Noisy images, by a denoiser that was saved, or learns from them or from clean ones."""

    noisy: Path
    denoiser: Path | None
    out: Path | None
    clean: Path | None
    save: Path | None
    sigma: float | None
    overwrite: bool

    def denoise(self, context: Context) -> tuple[Any, dict[str, str | None]]:
        """Return what was found, and where it was written."""
        from latens.applications.denoise.image_files import ImageFiles

        files = ImageFiles.at(self.noisy)
        out = self._checked(files)
        images = files.read()
        found = self._denoised(context, images)
        files.write(out, found.images, images[0].dtype)
        if self.save is not None:
            found.denoiser.save(self.save, overwrite=self.overwrite)
        return found, {"out": str(out), "saved": None if self.save is None else str(self.save)}

    def _checked(self, files: "ImageFiles") -> Path:
        """Where the results go, if they may be written there."""
        out = self.out or files.default_out
        if self.noisy.is_file() and out.suffix.lower() not in _WRITTEN:
            raise BadParameter(f"'{out}' must end in {', '.join(_WRITTEN)}.", param_hint="--out")
        check_place(self.save, "denoiser", overwrite=self.overwrite)
        if self.save is not None and self.save.resolve() == out.resolve():
            raise BadParameter("--save and --out are one folder; choose two.")
        needed = (self.denoiser, self.noisy, self.clean, self.save, Path())
        files.check_out(out, needed, overwrite=self.overwrite)
        return out

    def _denoised(self, context: Context, images: "list[np.ndarray]") -> "DenoisedImages":
        from latens.applications import denoise_images, denoise_with, load_denoiser
        from latens.applications.denoise.image_files import ImageFiles

        level: Any = {"noise_level": self.sigma, "say": say}
        if self.denoiser is None:
            clean = None if self.clean is None else ImageFiles.at(self.clean).read(like=images[0])
            level |= {"trainer": _trainer(context), "random_state": context.params["seed"]}
            return denoise_images(images, clean=clean, **level)
        denoiser = load_denoiser(self.denoiser, device=context.params["device"])
        why = f"'{self.denoiser}' removes noise that spoils single values."
        _check_sigma(self.sigma, denoiser, why)
        return denoise_with(denoiser, images, **level)


def _mode(context: Context) -> _OfRun | _Images:
    """What the source is; only here are those flags refused that change nothing for it."""
    flags, sigma = context.params, context.params["sigma"]
    if sigma is not None and not 0 < sigma < float("inf"):
        raise BadParameter(f"must be above 0. Got {sigma:g}.", param_hint="--sigma")
    source, data = flags["source"], flags["data"]
    if not source.exists():
        raise DataError(f"'{source}' does not exist. Give an image, a folder of images or a run.")
    trained, training = f"'{source}' is trained already.", ("epochs", "time_limit", "preset")
    if (source / "run.json").is_file():
        refuse_flags(context, trained, *training)
        if any(flags[name] for name in ("data", "clean", "save", "out")):
            raise BadParameter(
                "A run is judged on its own held-out samples, and the result is written into it; it takes "
                "no DATA, --clean, --save or --out."
            )
        return taken(context, _OfRun)
    if SavedKind("denoiser").is_at(source):
        refuse_flags(context, trained, "clean", *training)
        if data is None:
            raise BadParameter("A saved denoiser needs DATA, the noisy images.")
        return taken(context, _Images, noisy=data, denoiser=source)
    if data is not None:
        raise BadParameter("DATA is for a saved denoiser or a run; give noisy images alone.")
    return taken(context, _Images, noisy=source, denoiser=None)


def _check_sigma(sigma: float | None, denoiser: Any, why: str) -> None:
    """Refuse a standard deviation of noise that has none."""
    from latens.applications.denoise.finding import is_gaussian

    if sigma is not None and not is_gaussian(denoiser):
        raise BadParameter(why, param_hint="--sigma")


def _trainer(context: Context) -> "Trainer":
    from latens._devices import resolve_device
    from latens.cli.interrupts import terminal_callbacks
    from latens.training import Trainer

    device = context.params["device"]
    resolve_device(device)
    asked = options.training_flags(context)
    usual = {"preset": "balanced"} | ({} if asked else {"time_limit": _TIME_LIMIT})
    return Trainer(**usual | asked, device=device, callbacks=terminal_callbacks("denoiser"))
