"""What a model decodes on walks through its codes: along one number, and between two samples."""

import numpy as np

from latens.models import BaseAutoencoder
from latens.runs import Run, array_names
from latens.studies.preparation import Prepared

__all__ = ["write_walks"]

_NUMBERS, _STEPS = 10, 9
_PAIRS, _STEPS_BETWEEN = 6, 7
# Further out, a number has values that hardly any sample has.
_ENDS = (1, 99)


def write_walks(
    run: Run, data: Prepared, name: str, model: BaseAutoencoder, codes: np.ndarray
) -> None:
    """Write a model's walks as pictures, for images only.

    Parameters
    ----------
    run : Run
    data : Prepared
    name : str
        Of the model.
    model : BaseAutoencoder
        Fitted.
    codes : ndarray of shape (n_scored, latent_dim)
        Of the scored held-out rows.
    """
    numbers = _most_varied(codes)
    along = _along_numbers(codes, numbers)
    run.write_array(array_names.traversed(name), numbers)
    run.write_array(array_names.traversals(name), _decoded(data, model, along))
    pairs = _pairs(len(codes))
    between = _decoded(data, model, _between(codes, pairs))
    ends = _pictures(data, data.test.X[data.scored_test[pairs.ravel()]])
    ends = ends.reshape(*pairs.shape, *ends.shape[1:])
    walks = np.concatenate([ends[:, :1], between, ends[:, 1:]], axis=1)
    run.write_array(array_names.interpolations(name), walks)


def _most_varied(codes: np.ndarray) -> np.ndarray:
    """The numbers that differ most between samples, in their own order."""
    return np.sort(np.argsort(-codes.std(axis=0), kind="stable")[:_NUMBERS])


def _along_numbers(codes: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """Codes of shape (numbers, steps, latent_dim): the most central sample's, with one number changed."""
    start = codes[np.square(codes - codes.mean(axis=0)).sum(axis=1).argmin()]
    walks = np.tile(start, (len(numbers), _STEPS, 1))
    low, high = np.percentile(codes[:, numbers], _ENDS, axis=0)
    for place, number in enumerate(numbers):
        walks[place, :, number] = np.linspace(low[place], high[place], _STEPS)
    return walks


def _pairs(n: int) -> np.ndarray:
    """Positions of shape (pairs, 2), spread over all samples."""
    n_pairs = min(_PAIRS, n // 2)
    return np.linspace(0, n - 1, 2 * n_pairs).astype(int).reshape(2, n_pairs).T


def _between(codes: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Codes of shape (pairs, steps, latent_dim) on straight lines, ends included."""
    first, second = codes[pairs[:, 0]][:, None], codes[pairs[:, 1]][:, None]
    shares = np.linspace(0, 1, _STEPS_BETWEEN, dtype=codes.dtype)[None, :, None]
    return (1 - shares) * first + shares * second


def _decoded(data: Prepared, model: BaseAutoencoder, walks: np.ndarray) -> np.ndarray:
    samples = model.inverse_transform(walks.reshape(-1, walks.shape[-1]))
    pictures = _pictures(data, samples)
    return pictures.reshape(*walks.shape[:2], *pictures.shape[1:])


def _pictures(data: Prepared, images: np.ndarray) -> np.ndarray:
    """Images as bytes; 0 and 255 are the ends of the range of the data."""
    return (data.scaling.apply(images).clip(0, 1) * 255).round().astype(np.uint8)
