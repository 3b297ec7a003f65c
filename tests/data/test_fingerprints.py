"""One content, one fingerprint."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from latens.data import fingerprint

X = np.random.default_rng(0).normal(size=(40, 5, 3))


def test_layout_and_byte_order_do_not_matter(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", X)
    alike = [
        X.copy(),
        np.asfortranarray(X),
        X.astype(">f8"),
        np.repeat(X, 2, axis=0)[::2],
        np.load(tmp_path / "x.npy", mmap_mode="r"),
    ]
    assert {fingerprint(other) for other in alike} == {fingerprint(X)}


@pytest.mark.parametrize(
    "other",
    [
        X[::-1],
        X[:-1],
        X.reshape(40, 15),
        X.astype(np.float32),
        X + 1e-9 * np.eye(40, 5)[..., np.newaxis],
    ],
    ids=["order", "length", "shape", "type", "one value"],
)
def test_content_does_matter(other: np.ndarray) -> None:
    assert fingerprint(other) != fingerprint(X)


def test_blocks_do_not_matter() -> None:
    # 40 MiB are read in several blocks.
    large = np.arange(5 * 2**20, dtype=np.int64).reshape(-1, 2**18)
    assert fingerprint(large) != fingerprint(large[:-1])
    assert fingerprint(large) == fingerprint(np.asfortranarray(large))


def test_it_is_stable_over_time() -> None:
    digits = np.arange(10, dtype=np.uint8)
    expected = hashlib.sha256(b"|u1 (10,)" + bytes(range(10))).hexdigest()
    assert fingerprint(digits) == expected
    assert expected.startswith("ec6e6f2d7ba7")
