"""Uses of a fitted model. `__all__` lists them, and loads no torch."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from latens.applications.denoise.blind_denoiser import BlindDenoiser
    from latens.applications.denoise.denoiser import Denoiser
    from latens.applications.denoise.noise_level import estimate_noise
    from latens.applications.denoise.persistence import load_denoiser
    from latens.applications.denoise.wiener_denoiser import WienerDenoiser
    from latens.applications.generate import (
        ClassMixtureSampler,
        MixtureSampler,
        PriorSampler,
        VariationSampler,
        added_accuracy,
        augment,
        evaluate_samples,
        interpolate,
        learnt_features,
        raw_features,
        vary,
    )

__all__ = [
    "BlindDenoiser",
    "ClassMixtureSampler",
    "Denoiser",
    "MixtureSampler",
    "PriorSampler",
    "VariationSampler",
    "WienerDenoiser",
    "added_accuracy",
    "augment",
    "estimate_noise",
    "evaluate_samples",
    "interpolate",
    "learnt_features",
    "load_denoiser",
    "raw_features",
    "vary",
]

_PLACES = {
    "BlindDenoiser": "latens.applications.denoise.blind_denoiser",
    "ClassMixtureSampler": "latens.applications.generate",
    "Denoiser": "latens.applications.denoise.denoiser",
    "MixtureSampler": "latens.applications.generate",
    "PriorSampler": "latens.applications.generate",
    "VariationSampler": "latens.applications.generate",
    "WienerDenoiser": "latens.applications.denoise.wiener_denoiser",
    "added_accuracy": "latens.applications.generate",
    "augment": "latens.applications.generate",
    "estimate_noise": "latens.applications.denoise.noise_level",
    "evaluate_samples": "latens.applications.generate",
    "interpolate": "latens.applications.generate",
    "learnt_features": "latens.applications.generate",
    "load_denoiser": "latens.applications.denoise.persistence",
    "raw_features": "latens.applications.generate",
    "vary": "latens.applications.generate",
}


def __getattr__(name: str) -> Any:
    """Import a use, and torch with it, only when it is asked for."""
    if name in _PLACES:
        return getattr(import_module(_PLACES[name]), name)
    raise AttributeError(f"module 'latens.applications' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(_PLACES)
