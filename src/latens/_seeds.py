"""From one `random_state` to as many independent streams as needed, global seeds untouched."""

from typing import Any

import numpy as np
from sklearn.utils import check_random_state

__all__ = ["RandomState", "derive", "seed_from"]

RandomState = int | np.random.RandomState | None


def seed_from(random_state: Any) -> int:
    """Return the one integer in [0, 2**31) that stands for `random_state`.

    An integer gives itself, so that it can be printed and used again; a generator is drawn from; None
    takes NumPy's global generator, as scikit-learn does.

    Examples
    --------
    >>> seed_from(7)
    7
    """
    if isinstance(random_state, int | np.integer) and not isinstance(random_state, bool):
        return int(random_state) % 2**31
    return int(check_random_state(random_state).randint(2**31 - 1))


def derive(seed: int, *stream: int) -> int:
    """Return a seed in [0, 2**63) that depends on `seed` and on the numbers of the stream alone.

    Examples
    --------
    >>> derive(0, 1) == derive(0, 1), derive(0, 1) == derive(0, 2)
    (True, False)
    """
    words = np.random.SeedSequence([seed, *stream]).generate_state(2, np.uint32)
    return (int(words[0]) << 31) ^ int(words[1])
