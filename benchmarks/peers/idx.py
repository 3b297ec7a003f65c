"""IDX images for environments without latens."""

import gzip
import os
from pathlib import Path

import numpy as np


def images(name: str, part: str) -> np.ndarray:
    """Bytes of shape (n, 28, 28) from a folder of LATENS_DATA."""
    for folder in os.environ["LATENS_DATA"].split(os.pathsep):
        path = Path(folder, name, f"{part}-images-idx3-ubyte.gz")
        if path.exists():
            content = gzip.decompress(path.read_bytes())
            return np.frombuffer(bytearray(content), np.uint8, offset=16).reshape(-1, 28, 28)
    raise FileNotFoundError(f"{name} is in no folder of LATENS_DATA")
