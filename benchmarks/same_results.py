"""Whether a change leaves every result as it was, bit for bit.

    python benchmarks/same_results.py --out before.json         # with the source as it is
    python benchmarks/same_results.py --against before.json     # after a change: prints what differs

Every kind of autoencoder, every clusterer and every application that trains learns from 500 rows with a
fixed seed on one thread. What is compared are SHA-256 sums of weights, codes, labels and scores. Sums of
two machines do not compare, nor do those of two versions of torch or NumPy.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from scipy import sparse

from latens import applications, clustering, models
from latens.applications.recommend import kinds as recommenders
from latens.networks import MLP, ConvNet
from latens.training import Trainer

N = 500
TRAINER = Trainer(max_epochs=3, batch_size=64, device="cpu", callbacks=())
SETTINGS: dict[str, Any] = {"trainer": TRAINER, "random_state": 0}
# What a kind can be beside its default: other terms, bottlenecks and ways of training.
VARIANTS: dict[str, tuple[dict[str, Any], ...]] = {
    "Autoencoder": (
        {"reconstruction": "rmse"},
        {"reconstruction": "mae"},
        {"reconstruction": "gaussian"},
    ),
    "BetaVAE": ({"warmup": 0.5},),
    "ContractiveAutoencoder": ({"reconstruction": "rmse"},),
    "DenoisingAutoencoder": ({"noise": "masking"}, {"noise": "salt-and-pepper"}),
    "NeighborAutoencoder": ({"reconstruction": "gaussian"},),
    "RegularizedAutoencoder": ({"penalty": "weights"},),
    "SparseAutoencoder": tuple(
        {"penalty": name} for name in ("kl", "topk", "batch_topk", "jumprelu")
    ),
    "VAE": ({"n_draws": 3}, {"likelihood": "bce"}),
}


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--out", type=Path, help="write the sums to this file")
    parser.add_argument("--against", type=Path, help="compare with the sums of this file")
    parser.add_argument("--only", default="", help="names that begin with this, such as models/VAE")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    found = {}
    for name, learn in trainings():
        if name.startswith(asked.only):
            found[name] = {what: checksum(value) for what, value in learn().items()}
            print(name, file=sys.stderr, flush=True)
    if asked.out:
        asked.out.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")
    if asked.against is None:
        return 0
    before = json.loads(asked.against.read_text())
    before = {name: sums for name, sums in before.items() if name.startswith(asked.only)}
    differences = sorted(differing(before, found))
    print("\n".join(differences) or f"All {len(found)} results are equal.")
    return int(bool(differences))


def differing(before: dict[str, dict[str, str]], after: dict[str, dict[str, str]]) -> Iterator[str]:
    """Name what differs, and what only one of the two has."""
    for name in before.keys() | after.keys():
        old, new = before.get(name, {}), after.get(name, {})
        for what in old.keys() | new.keys():
            if old.get(what) != new.get(what):
                word = (
                    "is missing" if what not in new else "is new" if what not in old else "differs"
                )
                yield f"{name}: {what} {word}"


def checksum(value: Any) -> str:
    """Return a sum over the bytes of arrays, or over the text of anything else."""
    total = hashlib.sha256()
    for part in value if isinstance(value, list | tuple) else [value]:
        if sparse.issparse(part):
            part = part.toarray()
        if isinstance(part, torch.Tensor):
            part = part.detach().cpu().numpy()
        if isinstance(part, np.ndarray) and part.dtype != object:
            total.update(
                f"{part.dtype} {part.shape}".encode() + np.ascontiguousarray(part).tobytes()
            )
        else:
            total.update(repr(part).encode())
    return total.hexdigest()


Trainings = Iterator[tuple[str, Callable[[], dict[str, Any]]]]


def trainings() -> Trainings:
    """Give every training by name, the lists of what there is being the library's own."""
    for name in models.__all__:
        for parameters in ({}, *VARIANTS.get(name, ())):
            words = "".join(f" {key}={value}" for key, value in parameters.items())
            yield f"models/{name}{words}", partial(of_model, name, table(), **parameters)
        small = {"n_epochs": 1, "network": image_network(name)}
        yield f"models/{name} on images", partial(of_model, name, images(), **small)
    for name in ("KMeans", "MiniBatchKMeans"):
        for k in (4, 60):
            yield f"clustering/{name} {k}", partial(of_k_means, name, k)
    for name in clustering.CLUSTERERS:
        yield f"clustering/{name}", partial(of_clusterer, name)
    yield "clustering/choose_k", of_choice
    yield from uses()


def uses() -> Trainings:
    """Give the trainings of the applications."""
    yield "applications/AnomalyDetector", of_detector
    for name in ("Denoiser", "BlindDenoiser"):
        yield f"applications/{name}", partial(of_denoiser, name, images()[:60])
        yield f"applications/{name} on a table", partial(of_denoiser, name, table())
    yield "applications/WienerDenoiser", of_wiener_denoiser
    for method in (applications.Probe(), applications.Propagation()):
        yield f"applications/FewLabelClassifier {method}", partial(of_classifier, method, table())
    consistency = applications.Consistency(MLP((16,)), rounds=1)
    yield (
        "applications/FewLabelClassifier Consistency",
        partial(of_classifier, consistency, images()),
    )
    for name in recommenders.KINDS:
        yield f"applications/{name}", partial(of_recommender, name)
    for method in ("exact", "approximate"):
        yield f"applications/SimilarityIndex {method}", partial(of_index, method)


def of_model(name: str, X: np.ndarray, n_epochs: int = 3, **parameters: Any) -> dict[str, Any]:
    settings = {"latent_dim": 4, "network": MLP((16,)), **SETTINGS, **parameters}
    settings["trainer"] = Trainer(n_epochs, batch_size=64, device="cpu", callbacks=())
    if "bce" in parameters.values():
        X = (X - X.min()) / np.ptp(X)
    model = getattr(models, name)(**settings).fit(X, labels())
    return {
        "weights": state(model.network_),
        "objective": state(model.objective_),
        "losses": [
            (epoch.loss, epoch.validation_loss, sorted(epoch.terms.items()))
            for epoch in model.history_.epochs
        ],
        "codes": model.transform(X),
        "reconstructions": model.reconstruct(X),
        "scores": model.score_samples(X),
        "samples": model.sample(20, random_state=0),
    }


def of_clusterer(name: str) -> dict[str, Any]:
    k = 4 if clustering.CLUSTERERS[name].takes_k else None
    return {"labels": clustering.cluster(table(), name, k, random_state=0)}


def of_k_means(name: str, k: int) -> dict[str, Any]:
    found = getattr(clustering, name)(k, random_state=0).fit(table())
    return {"centers": found.cluster_centers_, "labels": found.labels_, "inertia": found.inertia_}


def of_choice() -> dict[str, Any]:
    chosen = clustering.choose_k(table(), range(2, 6), random_state=0)
    return {
        "k": chosen.best,
        "inertias": chosen.inertias,
        "labels": chosen.labelings,
        "criteria": [np.asarray(one.values) for one in chosen.criteria],
    }


def of_detector() -> dict[str, Any]:
    own = models.Autoencoder(4, network=MLP((16,)), **SETTINGS)
    found = applications.AnomalyDetector(own, random_state=0).fit(table())
    return {
        "weights": state(found.model_.network_),
        "scores": found.score_samples(table()),
        "labels": found.predict(table()),
        "reasons": found.explain(table()),
    }


def of_denoiser(name: str, X: np.ndarray) -> dict[str, Any]:
    trainer = Trainer(max_epochs=1, batch_size=64, device="cpu", callbacks=())
    found = getattr(applications, name)(trainer=trainer, random_state=0).fit(X)
    return {"weights": state(found.network_), "clean": found.transform(X[:20], 0.1)}


def of_wiener_denoiser() -> dict[str, Any]:
    return {"clean": applications.WienerDenoiser().fit_noisy(images()).transform(images()[:20])}


def of_classifier(method: Any, X: np.ndarray) -> dict[str, Any]:
    known = labels().copy()
    known[40:] = -1
    own = models.Autoencoder(4, network=MLP((16,)), **SETTINGS)
    found = applications.FewLabelClassifier(own, method=method, **SETTINGS).fit(X, known)
    return {"labels": found.predict(X), "scores": found.predict_proba(X)}


def of_recommender(name: str) -> dict[str, Any]:
    kind = getattr(applications, name)
    of_kind = kind().get_params(deep=False)
    parameters = {key: value for key, value in SETTINGS.items() if key in of_kind}
    if "trainer" in of_kind:
        parameters |= {
            "latent_dim": 8,
            "trainer": Trainer(max_epochs=3, device="cpu", callbacks=()),
        }
    found = kind(**parameters).fit(events())
    tensors = [item for pair in sorted(found.tensors().items()) for item in pair]
    return {"weights": tensors, "scores": found.score_items(events()[:50])}


def of_index(method: str) -> dict[str, Any]:
    index = applications.SimilarityIndex(method=method)
    index.add(table())
    found = index.search(table()[:50], 5)
    return {"ids": found.ids, "distances": found.distances}


def state(module: torch.nn.Module) -> list[Any]:
    """Return the weights in the order of the network, by shape and value and not by name."""
    return list(module.state_dict().values())


def image_network(name: str) -> Any:
    """Return a small network: convolutions where the kind takes them."""
    return MLP((16,)) if name == "StackedAutoencoder" else ConvNet((4, 8))


def labels() -> np.ndarray:
    return np.arange(N) % 4


def table() -> np.ndarray:
    rng = np.random.default_rng(0)
    centers = 3 * rng.normal(size=(4, 12))
    return (centers[labels()] + rng.normal(size=(N, 12))).astype(np.float32)


def images() -> np.ndarray:
    rng = np.random.default_rng(0)
    shapes = rng.integers(0, 200, (4, 16, 16))
    return (shapes[labels()] + rng.integers(0, 56, (N, 16, 16))).astype(np.uint8)


def events() -> sparse.csr_array:
    rng = np.random.default_rng(0)
    likes = rng.random((4, 40)) ** 3
    return sparse.csr_array((rng.random((N, 40)) < likes[labels()]).astype(np.float32))


if __name__ == "__main__":
    sys.exit(main())
