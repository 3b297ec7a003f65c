"""Which kind of autoencoder gives clusters that are classes, chosen without labels.

    python benchmarks/cluster_kinds.py --data fashion-mnist

The rule was written down before anything was scored: train every kind with several seeds, cut the codes
of the held-out images into as many clusters as are asked for, by K-means with 10 restarts, and take the
kind whose clusters agree most from seed to seed (mean adjusted Rand index over all pairs of seeds). Labels
score the result and choose nothing. Kinds that learn from labels and kinds without a code of real numbers
are not asked. A results file that has some of the trainings already is added to.
"""

import argparse
import json
from itertools import combinations
from pathlib import Path
from statistics import mean, stdev

from latens import models
from latens.clustering import KMeans
from latens.data import load
from latens.metrics import (
    adjusted_rand_score,
    clustering_accuracy,
    normalized_mutual_info_score,
    psnr,
)
from latens.training import Trainer

HERE = Path(__file__).parent
KINDS = (
    "Autoencoder",
    "DenoisingAutoencoder",
    "MaskedAutoencoder",
    "ContractiveAutoencoder",
    "RegularizedAutoencoder",
    "NeighborAutoencoder",
    "SparseAutoencoder",
    "VAE",
    "BetaVAE",
    "BetaTCVAE",
    "WassersteinAutoencoder",
    "AdversarialAutoencoder",
)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--data", default="fashion-mnist")
    parser.add_argument("--latent-dim", type=int, default=10)
    parser.add_argument("--clusters", type=int, default=10)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--preset", default="fast")
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    name = f"cluster_kinds_{asked.data}_{asked.latent_dim}_{asked.preset}.json"
    asked.out = asked.out or HERE / "results" / name
    found = json.loads(asked.out.read_text()) if asked.out.exists() else {}
    for kind in KINDS:
        for seed in range(asked.seeds):
            if str(seed) not in found.setdefault(kind, {}):
                found[kind][str(seed)] = one(kind, seed, asked)
                asked.out.write_text(json.dumps(found) + "\n")
                print(table(found), flush=True)


def one(kind: str, seed: int, asked: argparse.Namespace) -> dict[str, object]:
    """Train, cut the codes of the held-out images into clusters, and score them."""
    train, test = load(asked.data, "train"), load(asked.data, "test")
    trainer = Trainer(preset=asked.preset, callbacks=())
    model = getattr(models, kind)(asked.latent_dim, trainer=trainer, random_state=seed)
    model.fit(train.X)
    codes = model.transform(test.X)
    labels = KMeans(asked.clusters, n_init=10, random_state=seed).fit_predict(codes)
    reconstructed = model.inverse_transform(codes)
    return {
        "labels": labels.tolist(),
        "psnr": psnr(test.X, reconstructed, data_range=255),
        "accuracy": clustering_accuracy(test.y, labels),
        "nmi": normalized_mutual_info_score(test.y, labels),
        "ari": adjusted_rand_score(test.y, labels),
    }


def stability(found: dict[str, dict]) -> float:
    """The agreement of the clusters of all pairs of seeds, 0 by chance and 1 when they are the same."""
    pairs = combinations([one["labels"] for one in found.values()], 2)
    return mean(adjusted_rand_score(a, b) for a, b in pairs)


def table(found: dict[str, dict]) -> str:
    """Return the kinds in the order of the rule, in Markdown."""
    whole = {kind: runs for kind, runs in found.items() if len(runs) > 1}
    lines = [
        "| kind | seeds | agreement of seeds | ACC | NMI | ARI | PSNR (dB) |",
        "|---|---|---|---|---|---|---|",
    ]
    for kind in sorted(whole, key=lambda kind: -stability(whole[kind])):
        runs = whole[kind].values()
        cells = [spread([run[score] for run in runs]) for score in ("accuracy", "nmi", "ari")]
        quality = spread([run["psnr"] for run in runs], 2)
        lines.append(
            f"| {kind} | {len(runs)} | {stability(whole[kind]):.3f} | "
            f"{' | '.join(cells)} | {quality} |"
        )
    return "\n".join(lines)


def spread(values: list[float], digits: int = 3) -> str:
    return f"{mean(values):.{digits}f} ± {stdev(values):.{digits}f}"


if __name__ == "__main__":
    main()
