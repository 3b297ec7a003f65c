"""What all tests share: small real data and quick trainings."""

import os
import runpy
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import settings

# umap-learn takes ten seconds to load and to compile, in every process that starts a run. So tests and what
# they start do without it, as most machines do, and those that are about it ask for `umap`.
_WITHOUT_UMAP = str(Path(__file__).parent / "without_umap")
os.environ["PYTHONPATH"] = os.pathsep.join(
    [_WITHOUT_UMAP, *filter(None, [os.environ.get("PYTHONPATH")])]
)
sys.modules["umap"] = None  # type: ignore[assignment]

# No deadline: machines are noisy. No database and no chance: a red test is red for everybody.
settings.register_profile("latens", deadline=None, database=None, derandomize=True, max_examples=60)
settings.load_profile("latens")


# In the order of their seconds.
_LONGEST = (
    "test_small_scale.py",
    "test_report.py",
    "test_fuzzing.py",
    "test_commands.py",
    "test_kinds.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, so that no process is left with one when the others are done."""
    places = {name: place for place, name in enumerate(_LONGEST)}
    items.sort(key=lambda item: places.get(item.path.name, len(places)))


@pytest.fixture(scope="session")
def digits() -> np.ndarray:
    """1,797 handwritten digits, uint8, shape (1797, 8, 8)."""
    from latens.data import load

    return load("digits").X


@pytest.fixture(scope="session")
def customer_table() -> SimpleNamespace:
    """What `data/customer_table.py` defines: the function of this name, and what it plants."""
    found = runpy.run_path(str(Path(__file__).parent / "data" / "customer_table.py"))
    return SimpleNamespace(**{name: found[name] for name in found["__all__"]})


@pytest.fixture(scope="session")
def customers_csv(
    customer_table: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The customer table as a file."""
    path = tmp_path_factory.mktemp("customers") / "customers.csv"
    customer_table.customer_table().to_csv(path, index=False, float_format="%.2f")
    return path


@pytest.fixture(scope="session")
def customers_run(customers_csv: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A quick run on the customer table, of which 300 rows of each part are scored and shown."""
    from latens.studies import check_study, run_study

    model = {"latent_dim": 6, "network": "mlp", "trainer": {"max_epochs": 20}}
    model["network_parameters"] = {"hidden": [64]}
    content = {
        "data": {"source": str(customers_csv), "missing": "median"},
        "models": [model],
        "max_scored": 300,
        "clusters": 15,
    }
    path = tmp_path_factory.mktemp("customers-run") / "run"
    return run_study(check_study(content, "a test"), path)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture(scope="module")
def umap() -> Iterator[Any]:
    """umap-learn, which the other tests do without."""
    with pytest.MonkeyPatch.context() as patch:
        # What a process of pytest-xdist was started with is in its way, too, and in that of its children.
        for name in ("umap", "pynndescent"):
            if sys.modules.get(name, name) is None:
                patch.delitem(sys.modules, name)
        patch.setattr(sys, "path", [one for one in sys.path if one != _WITHOUT_UMAP])
        # To compile it takes longer than to use it here, and a third less where nothing is optimized.
        patch.setenv("NUMBA_OPT", "0")
        yield pytest.importorskip("umap", reason="umap-learn is not installed")


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
