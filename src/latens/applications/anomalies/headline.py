"""How many samples are odd, what that means, and how much of it needs no autoencoder."""

import numpy as np

from latens.applications.wording import counted

__all__ = ["anomalies_headline", "found_by_neighbours"]

# Of normally distributed scores, beyond the lower fence of a box plot.
_BEYOND_FENCE = 0.0035
# With fewer samples the quartiles, and so the fence, are a matter of chance.
_FEWEST = 50


def found_by_neighbours(is_odd: np.ndarray, distances: np.ndarray) -> int:
    """Return how many of the odd samples are among as many that lie furthest from their neighbours.

    Parameters
    ----------
    is_odd : ndarray of bool of shape (n,)
    distances : ndarray of shape (n,)
        How unusual each sample is by the distances to its neighbours alone, in the values themselves.
    """
    furthest = np.argsort(-distances, kind="stable")[: int(is_odd.sum())]
    return int(is_odd[furthest].sum())


def anomalies_headline(
    n_odd: int,
    n: int,
    *,
    contamination: str | float,
    n_learnt_from: int,
    is_own: bool,
    n_by_neighbours: int,
) -> str:
    """Return what was found.

    Parameters
    ----------
    n_odd, n : int
        Samples beyond the line, and samples scored.
    contamination : "auto" or float
        How the line was drawn.
    n_learnt_from : int
        Samples that it was drawn by.
    is_own : bool
        Whether these are the samples scored.
    n_by_neighbours : int
        As `found_by_neighbours` counts.
    """
    found = f"{n_odd:,} of {counted(n, 'sample')} ({100 * n_odd / n:.2g} %)"
    lie = "lies" if n_odd == 1 else "lie"
    if not isinstance(contamination, str):
        share = f"{100 * contamination:g} %"
        sentence = (
            f"{found}, as --contamination asks for, are the oddest. This is a choice and no finding."
            if is_own
            else f"{found} {lie} beyond the line that {share} of the samples learnt from lie beyond."
        )
    else:
        expected = max(0.1, _BEYOND_FENCE * n)
        expected_words = f"{expected:.0f}" if expected >= 1 else f"{expected:.1f}"
        sentence = (
            f"{found} {lie} beyond the line, which is the fence of a box plot of the scores of the samples "
            f"learnt from; of normally distributed scores, without any anomaly, about {expected_words} would."
        )
    if n_odd:
        sentence += (
            f" Distances to neighbors in the data alone, without the autoencoder, single out "
            f"{_all_of(n_by_neighbours, n_odd)}."
        )
    if n_learnt_from < _FEWEST:
        learnt = counted(n_learnt_from, "sample")
        sentence += f" The line was drawn by {learnt}, which is too few to trust where it lies."
    return sentence


def _all_of(some: int, n: int) -> str:
    if some == n:
        return "the same one" if n == 1 else f"the same {n:,}"
    return f"{some:,} of these {n:,}" if some else "none of these"
