"""Makes a process one without umap-learn and its parts: tests put this folder first (`tests/conftest.py`)."""

import sys

# pynndescent comes with it alone, and openTSNE takes a second to load it if it is there.
for name in ("umap", "pynndescent"):
    sys.modules[name] = None  # type: ignore[assignment]
