"""One epoch of a dictionary with batch top-k on a mapped file, and the memory that it takes."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ours.large_data import Peak
from peers.activations import mapped_activations

from latens.models import SparseAutoencoder
from latens.training import Trainer


def prepare(settings: dict[str, Any]) -> Callable[[], dict[str, float]]:
    folder = tempfile.TemporaryDirectory()
    X = mapped_activations(Path(folder.name), settings["rows"], settings["features"])

    def model() -> SparseAutoencoder:
        trainer = Trainer(
            max_epochs=1,
            batch_size=settings["batch"],
            validation_fraction=0,
            bfloat16=settings.get("bfloat16", False),
            callbacks=(),
        )
        return SparseAutoencoder(
            settings["units"],
            penalty="batch_topk",
            k=settings["active"],
            trainer=trainer,
            random_state=0,
        )

    model().fit(X[: 10 * settings["batch"]])  # memory and kernels

    def run(_: tempfile.TemporaryDirectory[str] = folder) -> dict[str, float]:
        with Peak() as peak:
            start = time.perf_counter()
            fitted = model().fit(X)
            whole = time.perf_counter() - start
        # The loop alone, as the bare one: without a check of all values and the codes of some at the end.
        seconds = fitted.fit_seconds_
        return {
            "seconds": seconds,
            "rows/s": len(X) / seconds,
            "fit, s": whole,
            "active": fitted.active_numbers_,
            "RssAnon, MB": peak.megabytes,
        }

    return run
