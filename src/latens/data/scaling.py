"""How samples are scaled before they reach a network, and brought back to the user's units after."""

from dataclasses import dataclass

import numpy as np

__all__ = ["UNSCALED", "Scaling", "fit_scaling"]

# Rows read at a time, so that scaling a memory-mapped file needs no copy of it.
_BLOCK_BYTES = 64 * 2**20
# So many deviations from zero float32 rounds by 6e-4 of one.
_FAR = 1e4
# Of float32's 3.4e38: what a network gives may be some deviations from the mean.
_LARGE = 1e36
# Values whose squares float64 has room for.
_SQUARED = 1e100
# So far into a logarithm nothing is learned, and its exponential still is a number.
_MOST_BEYOND = 50.0
# A range so small, as a share of the values, is what rounding leaves of equal ones.
_ROUNDING = 1e-12


@dataclass(frozen=True)
class Scaling:
    """The affine map from the user's units to the network's: ``(X - offset) / scale``.

    Attributes
    ----------
    offset, scale : ndarray of shape (), (n_features,) or (n_channels,), float64
        In the user's units; `scale` is positive.
    bounded : bool
        Whether the scaled values lie in [0, 1], so that a sigmoid output and binary cross-entropy fit.
    tail : ndarray of shape (n_features,), float64, or None
        How far from the offset, in scaled units, a value may be before only the logarithm of what is beyond
        counts; infinite where that is never. None: nowhere.

    Examples
    --------
    >>> scaling = Scaling(np.float64(0), np.float64(255), bounded=True)
    >>> scaling.apply(np.array([[0, 255]], dtype=np.uint8))
    array([[0., 1.]])
    """

    offset: np.ndarray
    scale: np.ndarray
    bounded: bool
    tail: np.ndarray | None = None

    @classmethod
    def restored(
        cls, offset: np.ndarray, scale: np.ndarray, *, bounded: bool, input_shape: tuple[int, ...]
    ) -> "Scaling":
        """Take what a file holds, if it can be the scaling of samples of a shape.

        Raises
        ------
        ValueError
            If the parts have other types or shapes than `fit_scaling` gives, or are not finite and positive.
        """
        shape = () if bounded else input_shape
        if bounded and len(input_shape) == 2 and offset.ndim:
            shape = input_shape[1:]  # one range for each channel of series
        for part in (offset, scale):
            if part.dtype != np.float64 or part.shape != shape or not np.isfinite(part).all():
                raise ValueError(f"the scaling is {part.dtype} of shape {part.shape}, not {shape}")
        if len(shape) > 1 or (scale <= 0).any():
            raise ValueError("the scaling divides by what is not positive, or by an image")
        return cls(offset, scale, bounded)

    def apply(self, X: np.ndarray) -> np.ndarray:
        """Return `X` in the network's units, float64."""
        scaled: np.ndarray = (X - _along(self.offset, X)) / _along(self.scale, X)
        if self.tail is None:
            return scaled
        beyond = np.maximum(np.abs(scaled) - self.tail, 0)
        return scaled - np.sign(scaled) * (beyond - np.log1p(beyond))

    def undo(self, X: np.ndarray) -> np.ndarray:
        """Return scaled values in the user's units, in their own floating type.

        Float64 where the units lie so far from zero, as seconds since 1970 do, that float32 would round
        more away than networks do, or are beyond its range.
        """
        if self.tail is not None:
            X = self._stretched(X)
        is_far = (np.abs(self.offset) > _FAR * self.scale).any()
        is_far |= (np.abs(self.offset) + self.scale).max() > _LARGE
        kind = np.result_type(X.dtype, np.float64) if is_far else X.dtype
        scale, offset = (_along(part, X).astype(kind) for part in (self.scale, self.offset))
        return X.astype(kind, copy=False) * scale + offset

    def _stretched(self, scaled: np.ndarray) -> np.ndarray:
        """Scaled values before their tails were compressed."""
        beyond = np.maximum(np.abs(scaled) - self.tail, 0).clip(max=_MOST_BEYOND)
        stretched: np.ndarray = scaled + np.sign(scaled) * (np.expm1(beyond) - beyond)
        return stretched.astype(scaled.dtype, copy=False)


def _along(part: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Repeat what belongs to the channels of series along rows, where these are flat."""
    if part.ndim == 0 or X.shape[-1] == len(part):
        return part
    return np.tile(part, X.shape[-1] // len(part))


UNSCALED = Scaling(np.array(0.0), np.array(1.0), bounded=False)


def fit_scaling(X: np.ndarray, *, per_channel: bool = False) -> Scaling:
    """Choose the scaling for data by one rule, the same for every data set.

    Images, and tables of bytes or of values in [0, 1], share one range and become [0, 1]: the usual
    range ([0, 255] for bytes, [0, 1] for floats) where the data fill at least half of it, the observed
    range otherwise. Any other table is standardized column by column; constant columns become 0.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features), (n_samples, height, width) or \
            (n_samples, height, width, channels)
        Finite numbers.
    per_channel : bool, default=False
        Whether `X` are series of shape (n_samples, time, channels) whose channels have units of their own:
        each gets its own observed range.

    Returns
    -------
    Scaling

    Examples
    --------
    >>> fit_scaling(np.array([[0], [200]], dtype=np.uint8)).scale
    array(255.)
    >>> fit_scaling(np.array([[1.0, 5.0], [3.0, 5.0]])).offset
    array([2., 5.])
    """
    if per_channel:
        return _channel_scaling(X)
    is_bytes = X.dtype == np.uint8
    low, high = float(X.min()), float(X.max())
    if X.ndim == 2 and not is_bytes and (low < 0 or high > 1):
        return _standard_scaling(X, unit=max(1.0, max(abs(low), abs(high)) / _SQUARED))
    usual = 255.0 if is_bytes else 1.0
    if low >= 0 and usual / 2 <= high <= usual:
        low, high = 0.0, usual
    return Scaling(np.array(low), np.array(high - low or 1.0), bounded=True)


def _channel_scaling(X: np.ndarray) -> Scaling:
    """The observed range of every channel becomes [0, 1]."""
    low, high = (np.asarray(X).min(axis=(0, 1)), np.asarray(X).max(axis=(0, 1)))
    low, high = low.astype(np.float64), high.astype(np.float64)
    return Scaling(low, np.where(high > low, high - low, 1.0), bounded=True)


def _standard_scaling(X: np.ndarray, unit: float) -> Scaling:
    """Mean 0 and standard deviation 1 for every column, by a stable merge of block statistics in a unit."""
    count, mean, squares = 0, np.zeros(X.shape[1]), np.zeros(X.shape[1])
    low, high = np.full(X.shape[1], np.inf), np.full(X.shape[1], -np.inf)
    rows = max(1, _BLOCK_BYTES // (8 * X.shape[1]))
    for start in range(0, len(X), rows):
        block = np.asarray(X[start : start + rows], dtype=np.float64) / unit
        shift = block.mean(axis=0) - mean
        total = count + len(block)
        squares += block.var(axis=0) * len(block) + shift**2 * (count * len(block) / total)
        mean += shift * (len(block) / total)
        count = total
        low, high = np.minimum(low, block.min(axis=0)), np.maximum(high, block.max(axis=0))
    deviation = np.sqrt(squares / count)
    # The values say what is constant: their mean is off in its last digits, the more the more rows there
    # are, and the deviation from it is that error; to divide by it would blow noise up. Where the range
    # itself is rounding, the column is constant, too.
    constant = (high - low <= _ROUNDING * np.maximum(np.abs(low), np.abs(high))) | (deviation == 0)
    mean = np.where(constant, (low + high) / 2, mean)
    return Scaling(unit * mean, np.where(constant, 1.0, unit * deviation), bounded=False)
