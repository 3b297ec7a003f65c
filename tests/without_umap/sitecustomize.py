"""Makes a process one without umap-learn: tests put this folder before all others (`tests/conftest.py`)."""

import sys

sys.modules["umap"] = None  # type: ignore[assignment]
