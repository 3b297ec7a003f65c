"""Weights of terms that change while a training goes on."""

__all__ = ["rising"]


def rising(progress: float, weight: float, warmup: float) -> float:
    """Return a weight that rises linearly from 0 during the warm-up.

    Parameters
    ----------
    progress : float in [0, 1]
        The share of the training that is over.
    weight : float
        From the end of the warm-up on.
    warmup : float in [0, 1]
        The share of the training that the warm-up takes.

    References
    ----------
    Bowman et al. (2016), Generating sentences from a continuous space. arXiv:1511.06349.

    Examples
    --------
    >>> [rising(progress, weight=4.0, warmup=0.5) for progress in (0.0, 0.25, 0.5, 1.0)]
    [0.0, 2.0, 4.0, 4.0]
    """
    return weight if progress >= warmup else weight * progress / warmup
