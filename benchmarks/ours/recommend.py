"""Our recommenders with their defaults: seconds of the fit, choice of settings included, and NDCG@100."""

import time
from collections.abc import Callable
from typing import Any

from recommendation_data import ndcg, split

from latens.applications.recommend import kinds


def prepare(settings: dict[str, Any]) -> Callable[[], dict[str, float]]:
    train, shown, target = split(settings)

    def run() -> dict[str, float]:
        model = kinds.kind(settings["model"])()
        start = time.perf_counter()
        model.fit(train)
        seconds = time.perf_counter() - start
        ranked, _ = model.recommend(shown, n=100)
        return {"seconds": seconds, "NDCG@100": ndcg(ranked, target)}

    return run
