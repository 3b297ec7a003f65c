"""What all tests share: small real data and quick trainings."""

import shutil
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import settings

# No deadline: machines are noisy. No database and no chance: a red test is red for everybody.
settings.register_profile("latens", deadline=None, database=None, derandomize=True, max_examples=60)
settings.load_profile("latens")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest file first, so that no process is left with it when the others are done."""
    items.sort(key=lambda item: item.path.name != "test_small_scale.py")


@pytest.fixture(scope="session")
def digits() -> np.ndarray:
    """1,797 handwritten digits, uint8, shape (1797, 8, 8)."""
    from latens.data import load

    return load("digits").X


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One Chromium for all tests, as playwright allows no second in a process."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    names = ("chromium", "chromium-browser", "google-chrome")
    chromium = next((path for path in map(shutil.which, names) if path is not None), None)
    if chromium is None:
        pytest.skip("no Chromium on this machine")
    with playwright.sync_playwright() as driver:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
        found = driver.chromium.launch(executable_path=chromium, args=arguments)
        yield found
        found.close()
