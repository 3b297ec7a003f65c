"""How many samples are anomalous, what that means, and how much of it needs no autoencoder."""

import numpy as np

from latens.applications.wording import counted

__all__ = ["anomalies_headline", "found_by_neighbors"]

# With fewer samples the line is a matter of chance.
_FEWEST = 50
_DECIDED_BY = {
    "table": "Distances to neighbors decide in a table; the autoencoder only explains.",
    "series": (
        "The rows follow one another in time, so PCA decides; the autoencoder only explains. The line is for "
        "rows that come later."
    ),
}
_ARE = {"lies": "is called an anomaly,", "lie": "are called anomalies,"}


def found_by_neighbors(is_odd: np.ndarray, distances: np.ndarray) -> int:
    """Return how many of the anomalies are among as many that lie furthest from their neighbors.

    Parameters
    ----------
    is_odd : ndarray of bool of shape (n,)
    distances : ndarray of shape (n,)
        How unusual each sample is by the distances to its neighbors alone, in the values themselves.
    """
    furthest = np.argsort(-distances, kind="stable")[: int(is_odd.sum())]
    return int(is_odd[furthest].sum())


def anomalies_headline(
    n_odd: int,
    n: int,
    *,
    rule: str,
    contamination: str | float,
    rate: float | None,
    n_learned_from: int,
    is_own: bool,
    n_by_neighbors: int,
) -> str:
    """Return what was found.

    Parameters
    ----------
    n_odd, n : int
        Samples beyond the line, and samples scored.
    rule : str
        What the score is made of: `AnomalyDetector.rule_`.
    contamination : "auto" or float
        How the line was drawn.
    rate : float or None
        The share of new samples that is meant to lie beyond it, if one was promised.
    n_learned_from : int
        Samples that it was drawn by.
    is_own : bool
        Whether these are the samples scored.
    n_by_neighbors : int
        As `found_by_neighbors` counts.
    """
    found, lie = _found(n_odd, n)
    if rate is None:
        sentence = f"{found} {lie} beyond the line, which latens 0.1 drew without a promised rate."
    elif isinstance(contamination, str):
        sentence = f"{found} {lie} beyond the line; of normal samples, {100 * rate:g} % do."
    elif is_own:
        sentence = f"{found} {_ARE[lie]} as `contamination` asks for: a choice, not a finding."
    else:
        share = f"{100 * contamination:g} %"
        sentence = f"{found} {lie} beyond the line; of samples like those learned from, {share} do."
    if rule in _DECIDED_BY:
        sentence += f" {_DECIDED_BY[rule]}"
    elif n_odd:
        same = _all_of(n_by_neighbors, n_odd)
        sentence += f" Distances to neighbors alone, without an autoencoder, would pick {same}."
    if n_learned_from < _FEWEST:
        sentence += f" The line was drawn from only {counted(n_learned_from, 'sample')}: too few to trust it."
    return sentence


def _found(n_odd: int, n: int) -> tuple[str, str]:
    """How many of how many, and the verb for them."""
    if n_odd == 0:
        return f"None of {counted(n, 'sample')}", "lies"
    share = 100 * n_odd / n
    words = f"{share:.0f}" if share >= 10 else f"{share:.2g}"
    return f"{n_odd:,} of {counted(n, 'sample')} ({words} %)", "lies" if n_odd == 1 else "lie"


def _all_of(some: int, n: int) -> str:
    if some == 0:
        return "none of them" if n > 1 else "another"
    if some == n:
        return "the same one" if n == 1 else f"the same {n:,}"
    return f"{some:,} of these {n:,}"
