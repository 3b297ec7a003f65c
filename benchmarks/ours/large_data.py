"""Training on, and encoding, a mapped file and the same rows in memory; how much memory it takes."""

import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from latens.models import Autoencoder
from latens.networks import MLP
from latens.training import Trainer

_FEATURES = 784


def prepare(settings: dict[str, Any]) -> Callable[[], dict[str, float]]:
    folder = tempfile.TemporaryDirectory()
    rows = _mapped_rows(Path(folder.name), settings["rows"])
    X = rows if settings["mapped"] else np.array(rows)
    few = Trainer(max_epochs=1, batch_size=256, callbacks=())
    network = MLP(tuple(settings["hidden"])) if "hidden" in settings else None
    model = Autoencoder(10, network=network, trainer=few, random_state=0).fit(X[:10_000])

    def run(_: tempfile.TemporaryDirectory[str] = folder) -> dict[str, float]:
        _read(X)  # so that the file is in the system's cache
        with Peak() as peak:
            start = time.perf_counter()
            model.fit(X) if settings["work"] == "train" else model.transform(X)
            seconds = time.perf_counter() - start
        return {"seconds": seconds, "rows/s": len(X) / seconds, "RssAnon, MB": peak.megabytes}

    return run


def _mapped_rows(folder: Path, number: int) -> np.ndarray:
    path = folder / "rows.npy"
    rows = np.lib.format.open_memmap(path, "w+", np.uint8, (number, _FEATURES))
    rng = np.random.default_rng(0)
    for start in range(0, number, 50_000):
        block = rows[start : start + 50_000]
        block[:] = rng.integers(0, 256, block.shape, np.uint8)
    rows.flush()
    return np.load(path, mmap_mode="r")


def _read(X: np.ndarray) -> None:
    for start in range(0, len(X), 100_000):
        X[start : start + 100_000].max()


class Peak:
    """The most anonymous memory of this process while it lasts: what no file stands for."""

    def __enter__(self) -> "Peak":
        self.megabytes = 0.0
        self._done = threading.Event()
        self._watch = threading.Thread(target=self._run)
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._watch.join()

    def _run(self) -> None:
        while not self._done.wait(0.05):
            status = Path("/proc/self/status").read_text()
            line = next(line for line in status.splitlines() if line.startswith("RssAnon"))
            self.megabytes = max(self.megabytes, int(line.split()[1]) / 1024)
