"""What is done once, before the first input: the corpus, and all imports."""

import importlib
import os
import pkgutil
import sys
import traceback
from contextlib import suppress
from pathlib import Path

import latens

__all__ = ["import_everything", "made_corpus"]

# What latens imports late, and not only at the head of one of its modules.
_LATE = (
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "matplotlib.pyplot",
    "pandas",
    "openpyxl",
    "pyarrow.parquet",
    "scipy.sparse.csgraph",
    "sklearn.cluster",
    "sklearn.decomposition",
    "sklearn.linear_model",
    "sklearn.mixture",
    "sklearn.neighbors",
    "rich.table",
    "rich.progress",
    "voyager",
    "torch._dynamo",
)


def made_corpus(folder: Path) -> Path:
    """Write the corpus, in a process of its own: what writes it starts threads."""
    child = os.fork()
    if not child:
        try:
            from corpus import write_corpus

            write_corpus(folder)
            os._exit(0)
        except BaseException:  # noqa: BLE001
            traceback.print_exc()
            os._exit(1)
    if os.waitpid(child, 0)[1]:
        raise SystemExit("The corpus cannot be written.")
    return folder


def import_everything() -> None:
    """Import all of latens and what it imports late, so that no input pays for it."""
    import torch

    for module in pkgutil.walk_packages(latens.__path__, "latens."):
        if module.name != "latens.__main__":
            _import(module.name)
    for name in _LATE:
        _import(name)
    # Seconds to import for every process that resumes a run: as if they were not installed.
    for name in ("umap", "pynndescent"):
        sys.modules[name] = None  # type: ignore[assignment]
    torch.set_num_threads(1)


def _import(name: str) -> None:
    with suppress(ImportError):  # optional, and not installed
        importlib.import_module(name)
