"""Removing noise, learned from noisy samples alone."""

from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from latens._validation import Constraints, Nothing, Real
from latens.applications.denoise.base import COMMON_CONSTRAINTS, BaseDenoiser, DenoisingNetwork
from latens.applications.denoise.noise_level import noise_in_table
from latens.applications.denoise.tiles import map_tiles
from latens.exceptions import DataError
from latens.objectives import Objective
from latens.objectives.blind_spot import BlindSpot, hidden_values, predicted
from latens.training import Trainer

__all__ = ["BlindDenoiser"]


class BlindDenoiser(BaseDenoiser):
    """Removes noise without ever having seen anything clean: fit it on the noisy samples themselves.

    The network learns to tell hidden values from all others. Noise that is independent from value to
    value and zero on average cannot be told so, hence only what is clean is learned, whatever the noise is
    like and without its level. In use, what the other values say is averaged with what the value itself
    says, each by the inverse of its error's variance; for that the level of the noise is needed, given or
    estimated. Noise with a pattern, such as stripes or JPEG blocks, stays.

    Parameters
    ----------
    noise_level : float in (0, inf) or None, default=None
        The standard deviation of the noise in the units of the data (of a table that is standardized: in
        standard deviations of its columns). None: estimated for each image, or from the rows of a table
        that it is fitted on, which must then be 12 for each column.
    network : DenoisingUNet, DenoisingMLP or another factory, or None, default=None
        None: a `DenoisingUNet` for images, a `DenoisingMLP` for tables.
    trainer : Trainer or None, default=None
        How it is trained. None: ``Trainer()``. Batches of images hold up to
        65,000 pixels, and the learning rate is 1e-3, unless it says otherwise.
    random_state : int, RandomState or None, default=None
        Decides initial weights, crops, order and every draw.

    Attributes
    ----------
    network_, history_, scaling_, is_table_, channels_, n_features_in_, dtype_
        As of `Denoiser`.
    level_ : float or None
        Of a table, the scaled level of the noise in the rows learned from; None if they are too few to tell.
    disagreement_ : ndarray of shape (n_features,) or None
        Of a table, the mean squared difference between each scaled value and what the others say of it,
        among the rows learned from.

    References
    ----------
    Batson and Royer (2019), Noise2Self: blind denoising by self-supervision. arXiv:1901.11365.
    Krull, Buchholz and Jug (2019), Noise2Void: learning denoising from single noisy images.
    arXiv:1811.10980.
    Laine, Karras, Lehtinen and Aila (2019), High-quality self-supervised deep image denoising.
    arXiv:1901.10277, for the average with the value itself.

    Examples
    --------
    >>> noisy = np.random.default_rng(0).normal(0.5, 0.1, size=(16, 12, 12))
    >>> denoiser = BlindDenoiser(trainer=Trainer(max_epochs=1), random_state=0)
    >>> denoiser.fit_transform(noisy).shape
    (16, 12, 12)
    """

    _constraints: ClassVar[Constraints] = {
        **COMMON_CONSTRAINTS,
        "noise_level": (Real(0, closed="right"), Nothing()),
    }

    def __init__(
        self,
        noise_level: float | None = None,
        *,
        network: DenoisingNetwork | None = None,
        trainer: Trainer | None = None,
        random_state: Any = None,
    ) -> None:
        self.noise_level = noise_level
        self.network = network
        self.trainer = trainer
        self.random_state = random_state

    def _n_in(self, n_out: int) -> int:
        return 2 * n_out

    def _objective(self, *, turns: bool) -> Objective:
        return BlindSpot(turns=turns)

    def _levels(self, stack: np.ndarray, noise_level: Any) -> np.ndarray:
        if noise_level is not None:
            return np.asarray(noise_level)
        if self.noise_level is not None:
            return np.full(len(stack), self.noise_level / self._unit())
        if not self.is_table_:
            return self._estimated(stack)
        if self.level_ is None:
            raise DataError(
                "The rows that this BlindDenoiser was fitted on are too few to estimate their noise. Give "
                "the noise level instead."
            )
        return np.full(len(stack), self.level_)

    def _after_fit(self, rows: np.ndarray) -> None:
        # A row is not to be cleaned by what happens to be beside it.
        self.level_ = self._level_of(rows) if self.is_table_ else None
        self.disagreement_ = self._disagreement_in(rows) if self.is_table_ else None

    def _level_of(self, rows: np.ndarray) -> float | None:
        try:
            return noise_in_table(self.scaling_.apply(rows))
        except DataError:
            return None

    def _disagreement_in(self, rows: np.ndarray) -> np.ndarray:
        samples, total = self._samples(rows), np.zeros(rows.shape[1])
        self.network_.eval()
        for start, stop in self._blocks(rows):
            with torch.inference_mode():
                noisy = samples.rows(start, stop)
                total += (self._told(noisy) - noisy).double().square().sum(0).cpu().numpy()
        return total / len(rows)

    def _clean(self, noisy: Tensor, level: Tensor) -> Tensor:
        if self.is_table_:
            told = self._told(noisy)
            disagreement = torch.as_tensor(self.disagreement_).to(noisy)
        else:
            told = map_tiles(self._told, noisy, self.reach_)
            disagreement = (told - noisy).square().mean((1, 2, 3), keepdim=True)
        # The prediction and the value itself err independently of each other.
        error = (disagreement - level.square()).clamp(min=0)
        share = error / (error + level.square()).clamp(min=torch.finfo(noisy.dtype).tiny)
        return torch.lerp(told, noisy, share)

    def _told(self, noisy: Tensor) -> Tensor:
        """Every value as the others tell it."""
        told = torch.zeros_like(noisy)
        for hidden in hidden_values(noisy):
            told += hidden * predicted(self.network_, noisy, hidden)
        return told
