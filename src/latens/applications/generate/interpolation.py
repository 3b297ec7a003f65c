"""What lies between two samples."""

from typing import Any, Literal

import numpy as np
from sklearn.utils.validation import check_is_fitted

from latens._validation import Integer, Options, check_value
from latens.data import as_array
from latens.exceptions import DataError

__all__ = ["interpolate"]

# Below this angle, in radians, an arc and its chord are the same to the last digits.
_SMALLEST_ANGLE = 1e-6


def interpolate(
    model: Any, a: Any, b: Any, steps: int = 9, *, path: Literal["linear", "spherical"] = "linear"
) -> np.ndarray:
    """Decode codes on the way from the code of one sample to that of another.

    Parameters
    ----------
    model : estimator
        Fitted.
    a, b : array-likes of shape (n_samples, ...)
        Where ways begin and end, one way for each pair.
    steps : int in [2, inf), default=9
        Samples on a way, both ends included; the ends are reconstructions.
    path : {"linear", "spherical"}, default="linear"
        A straight line, or an arc around the mean of the training codes along which the distance from
        there goes evenly from that of one end to that of the other. In many dimensions, Gaussian codes
        lie near a sphere, and a straight line leaves it. Opposite ends have no shortest arc: a line.

    Returns
    -------
    ndarray of shape (n_samples, steps, ...)
        In the units of the fitted data.

    Raises
    ------
    ParameterError
        If a parameter is out of its range.
    DataError
        If there are not as many samples on either side, or they do not fit the model.

    References
    ----------
    White (2016), Sampling generative networks. arXiv:1609.04468 (spherical).

    Examples
    --------
    >>> import numpy as np
    >>> from latens.models import Autoencoder
    >>> from latens.training import Trainer
    >>> X = np.random.default_rng(0).normal(size=(64, 8))
    >>> model = Autoencoder(3, trainer=Trainer(max_epochs=1), random_state=0).fit(X)
    >>> interpolate(model, X[:2], X[2:4], steps=5).shape
    (2, 5, 8)
    """
    check_value("interpolate", "steps", steps, (Integer(2),))
    check_value("interpolate", "path", path, (Options(("linear", "spherical")),))
    check_is_fitted(model)
    a, b = as_array(a), as_array(b)
    if len(a) != len(b):
        raise DataError(f"a and b must have as many samples. Got {len(a)} and {len(b)}.")
    first, second = (np.asarray(model.transform(X), dtype=np.float64) for X in (a, b))
    shares = np.linspace(0, 1, steps)[:, None]
    if path == "linear":
        codes = (1 - shares) * first[:, None] + shares * second[:, None]
    else:
        center = np.asarray(model.codes_, dtype=np.float64).mean(axis=0)
        codes = center + _arcs(first - center, second - center, shares)
    decoded = np.asarray(model.inverse_transform(codes.reshape(-1, codes.shape[-1])))
    return decoded.reshape(len(a), steps, *decoded.shape[1:])


def _arcs(first: np.ndarray, second: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Points on arcs around the origin, shape (n, steps, numbers)."""
    lengths = [np.linalg.norm(one, axis=1, keepdims=True) for one in (first, second)]
    u, v = (
        one / np.where(length > 0, length, 1.0)
        for one, length in zip((first, second), lengths, strict=True)
    )
    angle = np.arccos(np.einsum("nd,nd->n", u, v).clip(-1, 1))[:, None, None]
    sine = np.sin(angle)
    has_arc = (sine > _SMALLEST_ANGLE) & (lengths[0] > 0)[:, None] & (lengths[1] > 0)[:, None]
    safe = np.where(has_arc, sine, 1.0)
    of_first, of_second = np.sin((1 - shares) * angle) / safe, np.sin(shares * angle) / safe
    direction = of_first * u[:, None] + of_second * v[:, None]
    length = (1 - shares) * lengths[0][:, None] + shares * lengths[1][:, None]
    line = (1 - shares) * first[:, None] + shares * second[:, None]
    return np.where(has_arc, length * direction, line)
