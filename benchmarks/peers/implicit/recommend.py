"""implicit's alternating least squares with its defaults; new users are folded in by its own means."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from implicit.als import AlternatingLeastSquares
from recommendation_data import ndcg, split


def prepare(settings: dict[str, Any]) -> Callable[[], dict[str, float]]:
    train, shown, target = split(settings)

    def run() -> dict[str, float]:
        model = AlternatingLeastSquares(random_state=0)
        start = time.perf_counter()
        model.fit(train, show_progress=False)
        seconds = time.perf_counter() - start
        users = np.arange(shown.shape[0])
        ranked, _ = model.recommend(users, shown, N=100, recalculate_user=True)
        return {"seconds": seconds, "NDCG@100": ndcg(ranked, target)}

    return run
