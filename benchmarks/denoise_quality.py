"""How well noise is removed: ours, with and without clean samples, beside classical filters.

    python benchmarks/denoise_quality.py [--data mnist fashion-mnist natural] [--seeds 0] [--epochs 10]

Small images: 20,000 training images, the first 200 test images, noise from seed 0, not clipped; what is
reconstructed is clipped. Natural images: trained on Train400 and never on what is scored; x in [0, 1],
y = x + N(0, (sigma / 255)^2), not clipped; peak signal-to-noise ratio of the clipped result, mean over
images. The weights of total variation and of non-local means are the best of a few on the scored images
themselves, which flatters them. One model serves all levels of noise of a data set.
"""

import argparse
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from skimage.restoration import denoise_nl_means, denoise_tv_chambolle

from latens.applications import BlindDenoiser, Denoiser, WienerDenoiser, load_denoiser
from latens.data import load
from latens.data.cache_dirs import data_folders
from latens.metrics import psnr_samples
from latens.training import EpochLines, Trainer

SMALL, NATURAL = (0.098, 0.196, 0.3, 0.5), (15, 25, 50)
TRAIN_IMAGES, TEST_IMAGES = 20_000, 200
WEIGHTS = (0.5, 0.8, 1.1, 1.5)  # times sigma
Images = list[np.ndarray]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", nargs="+", default=["mnist", "fashion-mnist", "natural"])
    parser.add_argument("--seeds", nargs="+", type=int, default=[0])
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--blind-epochs", type=int, default=5, help="0: only with clean images")
    parser.add_argument("--peers", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--keep", type=Path, default=Path("runs/denoisers"), help="trained ones")
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results/denoise_quality.json"))
    asked = parser.parse_args()
    rows: list[dict[str, Any]] = []
    if asked.out.exists():
        rows = json.loads(asked.out.read_text())["rows"]
    for name in asked.data:
        scored = natural(asked) if name == "natural" else small(name, asked)
        for row in scored:
            same = ("data", "sigma", "method", "seed")
            rows = [r for r in rows if any(r.get(key) != row.get(key) for key in same)] + [row]
            asked.out.write_text(json.dumps({"about": __doc__, "rows": rows}, indent=1) + "\n")
            print(row, flush=True)


def small(name: str, asked: argparse.Namespace) -> Iterator[dict[str, Any]]:
    train = load(name, "train").X[:TRAIN_IMAGES]
    clean = list(load(name, "test").X[:TEST_IMAGES])
    noise = {s: np.stack(corrupted(clean, 255 * s)) for s in SMALL}
    for s, noisy in noise.items():
        yield row(name, s, "noisy", clean, noisy)
        reconstructed = WienerDenoiser(255 * s).fit(train).transform(noisy)
        yield row(name, s, "linear (Wiener)", clean, reconstructed)
    if asked.peers:
        yield from peers(name, clean, noise, unit=255)
    for seed in asked.seeds:
        ours = fitted(Denoiser((0, 140)), train, f"{name}-{seed}", asked)
        for s, noisy in noise.items():
            for method, level in (("ours", 255 * s), ("ours, level estimated", None)):
                reconstructed = ours.transform(noisy, noise_level=level)
                yield row(name, s, method, clean, reconstructed, seed=seed, epochs=shown(ours))
    for seed in asked.seeds if asked.blind_epochs else ():
        for s in SMALL[1::2]:
            given = np.stack(corrupted(list(train), 255 * s, seed=1)).astype(np.float32)
            ours = fitted(BlindDenoiser(), given, f"{name}-alone-{s}-{seed}", asked)
            reconstructed = ours.transform(noise[s])
            method = "ours, noisy images alone"
            yield row(name, s, method, clean, reconstructed, seed=seed, epochs=shown(ours))


def natural(asked: argparse.Namespace) -> Iterator[dict[str, Any]]:
    train = folder("Train400")
    tests = {name: folder(name) for name in ("BSD68", "Set12")}
    linear = WienerDenoiser(1.0).fit(train)
    for name, clean in tests.items():
        for s in NATURAL:
            noisy = corrupted(clean, s)
            yield row(name, s, "noisy", clean, noisy)
            reconstructed = linear.set_params(noise_level=float(s)).transform(noisy)
            yield row(name, s, "linear (Wiener)", clean, reconstructed)
    for seed in asked.seeds:
        ours = fitted(Denoiser((0, 55)), train, f"natural-{seed}", asked)
        for name, clean in tests.items():
            for s in NATURAL:
                for method, level in (("ours", s), ("ours, level estimated", None)):
                    reconstructed = ours.transform(corrupted(clean, s), noise_level=level)
                    yield row(name, s, method, clean, reconstructed, seed=seed, epochs=shown(ours))
    if asked.peers:
        for name, clean in tests.items():
            yield from peers(name, clean, {s: corrupted(clean, s) for s in NATURAL}, unit=1)


def peers(name: str, clean: Images, noise: dict[Any, Any], unit: float) -> Iterator[dict[str, Any]]:
    """Classical filters; `unit` grey levels are a noise level of 1."""

    def total_variation(y: np.ndarray, sigma: float, weight: float) -> np.ndarray:
        return denoise_tv_chambolle(y / 255, weight=weight * sigma) * 255

    def non_local_means(y: np.ndarray, sigma: float, weight: float) -> np.ndarray:
        settings = {"patch_size": 5, "patch_distance": 6, "sigma": sigma}
        return denoise_nl_means(y / 255, h=weight * sigma, fast_mode=True, **settings) * 255

    filters: dict[str, Callable[..., np.ndarray]] = {
        "total variation (scikit-image, best weight)": total_variation,
        "non-local means (scikit-image, best weight)": non_local_means,
    }
    for s, noisy in noise.items():
        for method, function in filters.items():
            found = [
                row(name, s, method, clean, [function(y, s * unit / 255, weight) for y in noisy])
                for weight in WEIGHTS
            ]
            yield max(found, key=lambda one: one["psnr"])


def fitted(denoiser: Any, train: Any, name: str, asked: argparse.Namespace) -> Any:
    """Trained now, or taken from an earlier race."""
    folder = asked.keep / name
    if folder.is_dir():
        return load_denoiser(folder)
    # The larger rate is worth it here: there is much to learn from.
    epochs, rate = (
        (asked.epochs, 3e-3) if isinstance(denoiser, Denoiser) else (asked.blind_epochs, None)
    )
    trainer = Trainer(
        epochs, learning_rate=rate, validation_fraction=0.02, callbacks=(EpochLines(name),)
    )
    seed = int(name.rpartition("-")[2])
    denoiser.set_params(trainer=trainer, random_state=seed).fit(train).save(folder)
    return denoiser


def shown(denoiser: Any) -> int:
    return len(denoiser.history_.epochs)


def corrupted(clean: Images, sigma: float, seed: int = 0) -> Images:
    rng = np.random.default_rng(seed)
    return [x + rng.normal(scale=sigma, size=x.shape) for x in clean]


def row(
    data: str, sigma: float, method: str, clean: Images, reconstructed: Any, **facts: Any
) -> dict[str, Any]:
    scores = [
        float(psnr_samples(x[None], r.clip(0, 255)[None], data_range=255)[0])
        for x, r in zip(clean, reconstructed, strict=True)
    ]
    mean = round(float(np.mean(scores)), 3)
    return {"data": data, "sigma": sigma, "method": method, "psnr": mean, **facts}


def folder(name: str) -> Images:
    for place in data_folders():
        files = sorted((Path(place) / "denoise" / name).glob("*.png"))
        if files:
            return [np.asarray(Image.open(file)) for file in files]
    raise SystemExit(f"denoise/{name} is in none of the folders of LATENS_DATA.")


if __name__ == "__main__":
    main()
