"""Small real runs: sklearn's own data, PCA and kernel PCA in place of a network, written by `Run`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.datasets import load_digits, load_wine
from sklearn.decomposition import PCA, KernelPCA
from sklearn.neighbors import NearestNeighbors

from latens import metrics
from latens._identity import Identity
from latens.reports import write_report
from latens.runs import Finding, Mosaic, Run, Table, software

HOSTILE_NAMES = (
    '<img src=x onerror="document.title=1">',
    "</script><script>document.title='owned'</script>",
    "\u202eright to left \u05e9\u05dc\u05d5\u05dd",
    "x" * 10_000,
    "$\\frac{1}{$ not a formula",
    "{{ 7 * 7 }} {% raw %}",
    "line\nbreak\x00\x1b[31m",
    "]]> --> <!-- </svg>",
    "日本語 🎈",
    "in\u2066voice\u2028gpj\u200b.exe\u200f\u061c\x9b",
    "",
)


@dataclass
class MadeRun:
    """What `make_run` needs to know."""

    X: np.ndarray
    y: np.ndarray | None = None
    names: list[str] | None = None
    models: dict[str, int] = field(default_factory=lambda: {"autoencoder": 4})
    seeds: int = 1
    k: int = 5
    bounded: bool = True
    info: dict[str, Any] = field(default_factory=dict)


def make_run(path: Path, made: MadeRun) -> Run:
    """Write a run folder of real numbers for the data."""
    n_train = len(made.X) * 3 // 4
    X = made.X.astype(np.float64)
    low, width = (0.0, float(X.max())) if made.bounded else (X.mean(0), X.std(0))
    rows = ((X - low) / width).reshape(len(X), -1)
    codes: dict[str, Any] = {"raw": (rows, None)}
    size = min(made.models.values())
    pca = PCA(size, random_state=0).fit(rows[:n_train])
    codes[f"pca-{size}"] = pca.transform(rows), pca.inverse_transform(pca.transform(rows))
    for name, numbers in made.models.items():
        kernel = KernelPCA(numbers, kernel="rbf", gamma=0.05, fit_inverse_transform=True)
        kernel.fit(rows[:n_train])
        Z = kernel.transform(rows)
        codes[name] = Z, kernel.inverse_transform(Z)

    run = Run.create(path)
    data = {
        "name": "digits of a test",
        "source": "scikit-learn",
        "n_train": n_train,
        "n_test": len(X) - n_train,
        "sample_shape": list(X.shape[1:]),
        "dtype": str(made.X.dtype),
        "bounded": made.bounded,
        "data_range": width if made.bounded else None,
        "fingerprint": "0123456789abcdef" * 4,
        "names": made.names,
        "feature_names": None,
        "notes": [],
        "held_out": "a random quarter of the data",
    }
    defaults: dict[str, Any] = {
        "status": "complete",
        "error": None,
        "command": "latens run digits --latent-dim 4",
        "study": {"seed": 0, "data": {"source": "digits"}, "models": [{"latent_dim": 4}]},
        "data": data,
        "software": software() | {"device": "cpu"},
        "started": "2026-01-02T03:04:05+00:00",
        "finished": "2026-01-02T03:08:17+00:00",
        "seconds": 252.0,
    }
    run.write_info(**(defaults | made.info))
    part = (np.arange(len(X)) >= n_train).astype(np.uint8)
    run.write_identity(Identity(np.arange(len(X)), None, part))
    run.write("results", _results(run, made, codes, n_train))
    run.write(
        "histories", {name: _histories(made.seeds, at) for at, name in enumerate(made.models)}
    )
    _write_pictures(run, made, codes, n_train, low, width)
    return run


def _results(run: Run, made: MadeRun, codes: dict[str, Any], n_train: int) -> dict[str, Any]:
    results = []
    raw = codes["raw"][0]
    for seed in range(made.seeds):
        for name, (Z, reconstructed) in codes.items():
            kmeans = KMeans(made.k, n_init=1, random_state=seed).fit(Z[:n_train])
            for part, rows in (("train", slice(n_train)), ("held-out", slice(n_train, None))):
                labels = kmeans.predict(Z[rows])
                values: dict[str, float | None] = {
                    "silhouette_score": metrics.silhouette_score(Z[rows], labels),
                    "silhouette_raw": metrics.silhouette_score(raw[rows], labels),
                }
                if reconstructed is not None:
                    values["mean_squared_error"] = float(
                        np.square(reconstructed[rows] - raw[rows]).mean()
                    )
                if reconstructed is not None and made.bounded:
                    values["psnr"] = -10 * np.log10(values["mean_squared_error"])
                if made.y is not None:
                    values["adjusted_rand_score"] = metrics.adjusted_rand_score(
                        made.y[rows], labels
                    )
                kind = name.split("-")[0] if name.startswith(("raw", "pca")) else "Autoencoder"
                results.append(
                    {
                        "representation": name,
                        "label": {"raw": "raw values", "pca": "PCA"}.get(kind, name),
                        "kind": kind,
                        "numbers": Z.shape[1],
                        "seed": seed,
                        "part": part,
                        "metrics": values,
                        "seconds": None if kind == "raw" else 1.5,
                        "parameters": None if kind == "raw" else 640,
                    }
                )
            if seed == 0:
                run.write_array(f"clusters_{name}_test", kmeans.predict(Z[n_train:]))
    return {
        "rows": results,
        "not_measured": [{"label": "UMAP", "reason": "The package 'umap' is not installed."}],
        "clusters": {
            "k": made.k,
            "why": "the largest silhouette of the codes; labels had no say",
            "ks": [2, 3, made.k],
            "silhouettes": [0.2, 0.25, 0.4],
            "criteria": [
                _criterion("silhouette", "higher", [0.2, 0.25, 0.4], made.k),
                _criterion("davies_bouldin", "lower", [1.5, 1.2, None], 3),
            ],
        },
        "variance": _variance(codes, n_train),
        "alerts": [],
        "verdict": {
            "outcome": "pca enough",
            "head": "PCA is enough here.",
            "reasons": ["The codes of the autoencoder are no better."],
            "sentence": "PCA is enough here. The codes of the autoencoder are no better.",
            "caution": "This is a single run with one seed." if made.seeds == 1 else "",
        },
    }


def _criterion(name: str, better: str, values: list[float | None], best: int) -> dict[str, Any]:
    label = name.replace("_", " ").title()
    return {"name": name, "label": label, "better": better, "values": values, "best": best}


def _variance(codes: dict[str, Any], n_train: int) -> dict[str, Any]:
    raw = codes["raw"][0]
    pca = PCA(10, random_state=0).fit(raw[:n_train])
    total = float(np.square(raw[n_train:] - pca.mean_).mean())
    kept = np.square(pca.transform(raw[n_train:])).mean(axis=0) / raw.shape[1]
    return {"total": total, "shares": (kept / total).tolist()}


def _histories(seeds: int, place: int) -> dict[str, Any]:
    def epoch(number: int, seed: int) -> dict[str, Any]:
        loss = (1 + place) * (0.05 + np.exp(-number / 3) + 0.01 * seed)
        facts = {"number": number, "seconds": 0.5 * number, "learning_rate": 1e-3, "terms": {}}
        return facts | {"loss": loss, "validation_loss": 1.1 * loss}

    return {
        str(seed): {"stopped": "all epochs done", "epochs": [epoch(n, seed) for n in range(1, 9)]}
        for seed in range(seeds)
    }


def _write_pictures(
    run: Run, made: MadeRun, codes: dict[str, Any], n_train: int, low: Any, width: Any
) -> None:
    test = made.X[n_train:]
    if made.y is not None:
        run.write_array("y_train", made.y[:n_train])
        run.write_array("y_test", made.y[n_train:])
    first = next(iter(made.models))
    errors = np.square(codes[first][1] - codes["raw"][0])[n_train:].mean(axis=1)
    shown = np.argsort(errors)[np.linspace(0, len(test) - 1, 15).astype(int)]
    run.write_array("example_rows", n_train + shown)
    run.write_array("examples_original", test[shown])
    run.write_array("map_rows", n_train + np.arange(len(test)))
    for name, (Z, reconstructed) in codes.items():
        nearest = NearestNeighbors(n_neighbors=4).fit(Z[n_train:])
        rows = nearest.kneighbors(Z[n_train:][:5], return_distance=False)
        run.write_array(f"neighbours_{name}", n_train + rows)
        run.write_array(f"similar_{name}", test[rows])
        run.write_array(f"map_{name}", PCA(2, random_state=0).fit_transform(Z[n_train:]))
        if reconstructed is not None:
            units = reconstructed[n_train:].reshape(test.shape) * width + low
            run.write_array(f"examples_{name}", units[shown])
            run.write_array(
                f"errors_{name}_test",
                np.square(reconstructed - codes["raw"][0])[n_train:].mean(axis=1),
            )
        if name in made.models:
            run.write_array(f"codes_{name}_train", Z[:n_train])
            run.write_array(f"codes_{name}_test", Z[n_train:])
    if test.ndim > 2:
        run.write_array("map_images", (255 * test / test.max()).astype(np.uint8))
        for name in made.models:
            run.write_array(f"generated_{name}", test[::-1][:24])
            pixels = (255 * test / test.max()).astype(np.uint8)
            walks = pixels[np.arange(36).reshape(4, 9) % len(pixels)]
            run.write_array(f"traversals_{name}", walks)
            run.write_array(f"traversed_{name}", np.array([0, 1, 2, 3]))
            run.write_array(f"interpolations_{name}", walks)
            _write_layers(run, name, (255 * test / test.max()).astype(np.uint8))


LAYERS = (
    ("1", "convolution", 5, "kernels"),
    ("2", "dense", 40, "weights"),
    ("code", "code", 4, ""),
)


def _write_layers(run: Run, name: str, pictures: np.ndarray) -> None:
    """Layers with filters of every sort, as far as the report can tell."""
    generator = np.random.default_rng(0)
    channels = pictures.shape[3:] or (1,)
    facts = []
    for layer, kind, units, shows in LAYERS:
        n = min(units, 16)
        patches = pictures[np.arange(6 * n).reshape(n, 6) % len(pictures)]
        filters = generator.normal(size=(n, *pictures.shape[1:]))
        if kind == "convolution":
            patches, filters = patches[:, :, :3, :3], generator.normal(size=(n, 3, 3, *channels))
        if kind == "code":
            filters, shows = patches.mean(axis=1).astype(np.uint8), "mean images"
        run.write_array(f"filters_{name}_{layer}", filters)
        run.write_array(f"patches_{name}_{layer}", patches)
        facts.append({"name": layer, "kind": kind, "units": units, "shows": shows})
    results = run.read("results")
    run.write("results", results | {"layers": results.get("layers", {}) | {name: facts}})


def digits(n: int = 240) -> tuple[np.ndarray, np.ndarray]:
    """Handwritten digits, 8 by 8 pixels from 0 to 16."""
    data = load_digits()
    return data.images[:n], data.target[:n]


def colored_digits(n: int = 160) -> np.ndarray:
    """Digits in colors that depend on their place in the list, as bytes."""
    images = digits(n)[0] * 15
    tint = np.random.default_rng(0).uniform(0.2, 1, (n, 1, 1, 3))
    return (images[..., None] * tint).astype(np.uint8)


@pytest.fixture(scope="session")
def labeled_run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    X, y = digits()
    names = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    return make_run(tmp_path_factory.mktemp("labeled") / "run", MadeRun(X, y, names))


@pytest.fixture(scope="session")
def small_run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A labeled run that is drawn fast, for tests that change it."""
    X, y = digits(80)
    return make_run(tmp_path_factory.mktemp("small") / "run", MadeRun(X, y % 3, k=3))


@pytest.fixture(scope="session")
def color_run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    models = {"autoencoder": 3, "vae": 5}
    made = MadeRun(colored_digits(), models=models, seeds=3, k=2)
    return make_run(tmp_path_factory.mktemp("color") / "run", made)


@pytest.fixture(scope="session")
def table_run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    wine = load_wine()
    order = np.random.default_rng(0).permutation(len(wine.target))
    made = MadeRun(wine.data[order], wine.target[order], bounded=False, k=3)
    return make_run(tmp_path_factory.mktemp("table") / "run", made)


@pytest.fixture(scope="session")
def hostile_run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """An interrupted run with 40 clusters whose every name is an attack."""
    X, y = digits()
    script = "<script>document.title='owned'</script>"
    made = MadeRun(X, y, list(HOSTILE_NAMES), k=40)
    run = make_run(tmp_path_factory.mktemp("hostile") / "run", made)
    info = run.read("run")
    info["data"] |= {"name": script, "held_out": script, "source": script}
    info["software"] |= {"python": script}
    run.write_info(
        data=info["data"], software=info["software"], status="interrupted", command=script
    )
    names = "".join(HOSTILE_NAMES[:3]) + HOSTILE_NAMES[-2]
    info["data"] |= {"notes": [names], "feature_names": [names], "fingerprint": names}
    run.write_info(
        data=info["data"],
        study={"title": names, names: {names: [names]}},
        started=names,
        error=names,
    )
    histories = run.read("histories")
    for seeds in histories.values():
        for history in seeds.values():
            history["stopped"] = names
    run.write("histories", histories)
    table = Table(names, (names, "=1+1"), ((names, "@x"), (script, 1.5)), names)
    images = np.zeros((2, 2, 4, 4), np.uint8)
    mosaic = Mosaic(names, images, (names, script))
    run.write_finding("search", Finding(names, names, (table,), (mosaic,)))
    results = run.read("results")
    for layers in results["layers"].values():
        for layer in layers:
            layer |= {"kind": names, "shows": names}
    for criterion in results["clusters"]["criteria"]:
        criterion["label"] = names
    results["clusters"]["why"] = names
    for row in results["rows"]:
        row["label"] = f"{row['label']} {script}"
        row["metrics"][script] = 0.5
    results["verdict"] = {"sentence": f"Worth it: {script}", "caution": script}
    results["alerts"] = [{"title": script, "text": script}]
    results["not_measured"] = [{"label": script, "reason": script}]
    run.write("results", results)
    return run


@pytest.fixture(scope="session")
def page_of() -> Callable[[Run], Path]:
    """Write the report of a run that nobody changes, once for all tests."""
    written: dict[Path, Path] = {}

    def page(run: Run) -> Path:
        if run.path not in written:
            written[run.path] = write_report(run)
        return written[run.path]

    return page
