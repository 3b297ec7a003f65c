"""The denoising autoencoder of a run, judged for `latens denoise`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from latens.cli.console import say
from latens.exceptions import LatensError, RunError

if TYPE_CHECKING:
    import numpy as np

    from latens.models import DenoisingAutoencoder
    from latens.runs import Run, Use

__all__ = ["denoise_run"]

Table = list[list[str]]

# Held-out samples that are scored, and those in the picture.
_SCORED, _SHOWN = 1_000, 8
_OURS = "DenoisingAutoencoder"


def denoise_run(path: Path, sigma: float | None, seed: int, device: str) -> dict[str, Any]:
    """Show what the denoising autoencoder of a run does to its held-out samples, spoilt anew.

    Returns
    -------
    dict
        The run, what came out in a sentence, and the scores.
    """
    from latens.runs import Run

    run = Run.open(path)
    run.check_writable()
    model = _denoising_model(run, device)
    if sigma is not None and model.noise != "gaussian":
        raise typer.BadParameter(
            f"The model of this run removes {model.noise} noise, whose level is a share of the values.",
            param_hint="--sigma",
        )
    use, scores = _judged(run, model, sigma, seed)
    run.write_use("denoise", use)
    return {"out": str(run.path), "sentence": use.sentence, "scores": scores}


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


def _judged(
    run: "Run", model: "DenoisingAutoencoder", sigma: float | None, seed: int
) -> tuple["Use", Table]:
    """Held-out samples spoilt as the model knows it, cleaned, and scored in the model's units."""
    import numpy as np
    import torch

    from latens._draws import seeded
    from latens.applications import WienerDenoiser
    from latens.applications.denoise.headline import (
        decibels,
        denoising_headline,
        linear_ways,
    )
    from latens.objectives import CORRUPTIONS
    from latens.runs import Table as UseTable
    from latens.runs import Use
    from latens.studies.preparation import prepared_again

    prepared = prepared_again(run)
    scaling = model.scaling_
    train = scaling.apply(prepared.train.X).astype(np.float32)
    # At random: the first of sorted samples are all of one class.
    rows = np.sort(np.random.default_rng(seed).permutation(len(prepared.test))[:_SCORED])
    clean = scaling.apply(prepared.test.X[rows]).astype(np.float32)
    unit = float(scaling.scale) if scaling.bounded else 1.0
    level = model.noise_level if sigma is None else sigma / unit

    def spoil(x: np.ndarray) -> np.ndarray:
        return CORRUPTIONS[model.noise](torch.from_numpy(x), level).numpy()

    with seeded(seed):
        noisy = spoil(clean)
        by_model = scaling.apply(model.denoise(scaling.undo(noisy)))
        ways = {"noisy": noisy, _OURS: by_model}
        ways |= linear_ways(train, noisy, spoil, model.latent_dim)
    if model.noise == "gaussian" and level > 0:
        try:
            ways["linear (Wiener)"] = WienerDenoiser(level).fit(train).transform(noisy)
        except LatensError as error:
            say(f"note: no linear denoiser beside it: {error}")
    by_sample = {
        name: decibels(clean, x.clip(0, 1) if scaling.bounded else x, 1.0)
        for name, x in ways.items()
    }
    scores = [(name, round(float(values.mean()), 2)) for name, values in by_sample.items()]
    kind = "Gaussian" if model.noise == "gaussian" else model.noise
    noise = f"{kind} noise of level {level:g}"
    sentence = denoising_headline(_OURS, by_sample, "held-out sample", noise)
    table = UseTable(
        title="Noise removed from held-out samples",
        columns=("by", "PSNR in dB"),
        rows=tuple(scores),
        note="Noise added anew to samples that were not learnt from; larger is better.",
    )
    use = Use(
        question="Can it remove noise?",
        sentence=sentence,
        tables=(table,),
        mosaics=_mosaics(clean, ways) if scaling.bounded and clean.ndim > 2 else (),
    )
    return use, [[name, f"{value:.2f}"] for name, value in scores]


def _mosaics(clean: "np.ndarray", ways: dict[str, "np.ndarray"]) -> tuple[Any, ...]:
    import numpy as np

    from latens.runs import Mosaic

    if clean.ndim == 4 and clean.shape[-1] != 3:
        return ()
    rows = {"clean": clean, **ways}
    images = np.stack([np.rint(255 * x[:_SHOWN].clip(0, 1)) for x in rows.values()])
    return (Mosaic(title="Noise removed", images=images.astype(np.uint8), row_names=tuple(rows)),)
