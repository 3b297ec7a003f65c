"""Removing noise, learned from clean samples."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from torch import Tensor

from latens._validation import Constraints, Nothing, Options, Real
from latens.applications.denoise.base import COMMON_CONSTRAINTS, BaseDenoiser, DenoisingNetwork
from latens.applications.denoise.tiles import map_tiles
from latens.exceptions import ParameterError
from latens.objectives import CORRUPTIONS, Objective
from latens.objectives.noise_prediction import NoisePrediction, beside_level
from latens.training import Trainer

__all__ = ["Denoiser"]

# Of the range of the data, or the share of values that are corrupted.
_UNKNOWN = (0.0, 0.5)
# Estimates scatter by a few per cent.
_TOLERANCE = 1.1


@dataclass(frozen=True)
class _PairOfLevels:
    """A pair of levels."""

    def accepts(self, value: Any) -> bool:
        is_pair = isinstance(value, tuple | list) and len(value) == 2
        return is_pair and all(Real(0).accepts(one) for one in value) and value[0] < value[1]

    def __str__(self) -> str:
        return "a pair (low, high) of floats in [0, inf) with low < high"


class Denoiser(BaseDenoiser):
    """Removes noise from images and rows, after it has learned from clean ones what they look like.

    In training, noise is added anew to every sample at every step, and a network learns to tell it from
    the sample. The network also sees the level of the noise, so that one serves a range of levels. Images
    may have any size when they are cleaned, whatever the size of those that were learned from.

    Parameters
    ----------
    noise_level : float, (float, float) or None, default=None
        The level of the noise to remove, in the units of the data: 25 for bytes, 0.1 for values in [0, 1].
        For tables that are standardized it counts in standard deviations of their columns. A pair is a
        range. None: anything up to half the range of the data; in use, the level of each image is then
        estimated. For noise that spoils single values it is their share.
    noise : {"gaussian", "masking", "salt-and-pepper"}, default="gaussian"
        What is added. Noise of other kinds than Gaussian can be seen in the sample, so the network is not
        told its level.
    network : DenoisingUNet, DenoisingMLP or another factory, or None, default=None
        None: a `DenoisingUNet` for images, a `DenoisingMLP` for tables.
    trainer : Trainer or None, default=None
        How it is trained. None: ``Trainer()``. Batches of images hold up to
        65,000 pixels, and the learning rate is 1e-3, unless it says otherwise.
    random_state : int, RandomState or None, default=None
        Decides initial weights, crops, order and every draw.

    Attributes
    ----------
    network_ : Network
        From noisy samples to their noise, scaled.
    history_ : History
    scaling_ : Scaling
    levels_ : (float, float)
        What it was trained for, scaled.
    is_table_, channels_, n_features_in_, dtype_
        What the samples are like.

    References
    ----------
    Zhang, Zuo and Zhang (2018), FFDNet: toward a fast and flexible solution for CNN-based image
    denoising. arXiv:1710.04026.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.linspace(0, 1, 16 * 12 * 12, dtype="float32").reshape(16, 12, 12)
    >>> denoiser = Denoiser(0.1, trainer=Trainer(max_epochs=1), random_state=0).fit(X)
    >>> denoiser.transform(np.zeros((2, 30, 7))).shape
    (2, 30, 7)
    """

    _constraints: ClassVar[Constraints] = {
        **COMMON_CONSTRAINTS,
        "noise_level": (Real(0, closed="right"), _PairOfLevels(), Nothing()),
        "noise": (Options(tuple(CORRUPTIONS)),),
    }

    def __init__(
        self,
        noise_level: float | tuple[float, float] | None = None,
        *,
        noise: str = "gaussian",
        network: DenoisingNetwork | None = None,
        trainer: Trainer | None = None,
        random_state: Any = None,
    ) -> None:
        self.noise_level = noise_level
        self.noise = noise
        self.network = network
        self.trainer = trainer
        self.random_state = random_state

    @property
    def _tells_level(self) -> bool:
        return self.noise == "gaussian"

    def _unit(self) -> float:
        return super()._unit() if self._tells_level else 1.0

    def _n_in(self, n_out: int) -> int:
        return n_out + self._tells_level

    def _objective(self, *, turns: bool) -> Objective:
        self.levels_ = self._fitted_levels()
        corruption: Callable[..., Tensor] = CORRUPTIONS[self.noise]
        return NoisePrediction(corruption, self.levels_, tells_level=self._tells_level, turns=turns)

    def _fitted_levels(self) -> tuple[float, float]:
        """The levels to train for, scaled."""
        if self.noise_level is None:
            return _UNKNOWN
        pair = self.noise_level
        low, high = pair if isinstance(pair, tuple | list) else (pair, pair)
        unit = self._unit()
        if not self._tells_level and high > 1:
            raise ParameterError(
                f"The 'noise_level' parameter of Denoiser must be a share in (0, 1] for {self.noise!r} "
                f"noise. Got {pair!r} instead."
            )
        return low / unit, high / unit

    def _levels(self, stack: np.ndarray, noise_level: Any) -> np.ndarray:
        low, high = self.levels_
        if not self._tells_level:
            return np.full(len(stack), high)
        if noise_level is None and low == high:
            return np.full(len(stack), high)
        levels = self._estimated(stack) if noise_level is None else noise_level
        if levels.max() > high * _TOLERANCE or levels.min() < low / _TOLERANCE:
            unit = self._unit()
            warnings.warn(
                f"Noise of a level of {levels.min() * unit:.3g} to {levels.max() * unit:.3g} is outside "
                f"of what this Denoiser was fitted for, {low * unit:.3g} to {high * unit:.3g}, so that it "
                "may leave noise or blur. Fit it with another noise_level.",
                stacklevel=4,
            )
        return np.asarray(levels)

    def _clean(self, noisy: Tensor, level: Tensor) -> Tensor:
        def noise_of(part: Tensor) -> Tensor:
            seen = beside_level(part, level) if self._tells_level else part
            x_hat: Tensor = self.network_(seen).x_hat
            return x_hat

        if self.is_table_:
            return noisy - noise_of(noisy)
        return noisy - map_tiles(noise_of, noisy, self.reach_)
