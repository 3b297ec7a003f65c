"""Texts as counts, beside the SVD of the same size: python benchmarks/sparse_counts.py

The texts are the docstrings of the packages in this environment, of 25 words and more, from the 20 parts of
packages that have most of them, 11,000 at random; a right neighbor is one from the same part. 2,000 words,
as TF-IDF and as plain counts; 8,800 texts are learned from and searched, 2,200 ask. Compared are codes of 128
numbers of the default `Autoencoder` after a minute on this machine, as `--epochs` says, and of 64 bits of
`BinaryAutoencoder`, with the truncated SVD of 128 (LSA). P@100 by cosine, Euclidean (bits: Hamming) distance.
"""

import argparse
import ast
import json
import site
import time
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from latens.models import Autoencoder, BinaryAutoencoder
from latens.runs import software
from latens.training import Trainer

HERE = Path(__file__).parent
TEXTS, SEARCHED, WORDS, NUMBERS, BITS = 11_000, 8_800, 2_000, 128, 64


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--epochs", type=int, help="instead of a minute")
    parser.add_argument("--out", type=Path, default=HERE / "results" / "sparse_counts.json")
    asked = parser.parse_args()
    texts, y = docstrings()
    found = []
    for name, words in (("TF-IDF", TfidfVectorizer), ("counts", CountVectorizer)):
        X = words(max_features=WORDS, stop_words="english").fit_transform(texts).tocsr()
        for row in compared(X.astype(np.float32), y, asked.epochs):
            found.append({"values": name, **row})
            print(found[-1], flush=True)
            content = {"software": software(), "results": found}
            asked.out.write_text(json.dumps(content, indent=1) + "\n")
    print(table(found))


def docstrings() -> tuple[list[str], np.ndarray]:
    """Texts in a random order, and the number of the part of a package that each is from."""
    root = Path(site.getsitepackages()[0])
    found = [
        (".".join(file.relative_to(root).parts[:2]), text)
        for file in sorted(root.rglob("*.py"))
        if "tests" not in file.parts
        for text in docstrings_of(file)
    ]
    most = [part for part, _ in Counter(part for part, _ in found).most_common(20)]
    found = [(most.index(part), text) for part, text in found if part in most]
    order = np.random.default_rng(0).permutation(len(found))[:TEXTS]
    return [found[row][1] for row in order], np.array([found[row][0] for row in order])


def docstrings_of(file: Path) -> list[str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(file.read_text())
    except (SyntaxError, ValueError):
        return []
    nodes = (ast.Module, ast.ClassDef, ast.FunctionDef)
    texts = [ast.get_docstring(node) or "" for node in ast.walk(tree) if isinstance(node, nodes)]
    return [text for text in texts if len(text.split()) >= 25]


def compared(X, y: np.ndarray, epochs: int | None):
    """Each way of making codes: its neighbors, its share of the variance, its time."""
    known, asks = X[:SEARCHED], X[SEARCHED:]
    labels = y[:SEARCHED], y[SEARCHED:]
    trainer = Trainer(epochs, time_limit=None if epochs else 60, callbacks=())
    began = time.perf_counter()
    svd = TruncatedSVD(NUMBERS, random_state=0).fit(known)
    codes = svd.transform(known), svd.transform(asks)
    reconstructed = codes[1] @ svd.components_
    yield row("truncated SVD, 128", codes, labels, explained(asks, known, reconstructed), began)
    began = time.perf_counter()
    model = Autoencoder(NUMBERS, trainer=trainer, random_state=0).fit(known)
    codes = model.transform(known), model.transform(asks)
    r2 = explained(asks, known, model.reconstruct(asks))
    yield row("Autoencoder, 128", codes, labels, r2, began)
    began = time.perf_counter()
    bits = BinaryAutoencoder(BITS, trainer=trainer, random_state=0).fit(known)
    # Between vectors of -1 and 1 the cosine and the Hamming distance order alike.
    codes = tuple(2.0 * bits.transform(part) - 1 for part in (known, asks))
    yield row("BinaryAutoencoder, 64 bits", codes, labels, None, began)


def row(name: str, codes, labels, r2: float | None, began: float) -> dict[str, object]:
    return {
        "codes": name,
        "P@100 cosine": round(precision(*map(unit, codes), *labels), 3),
        "P@100 Euclidean": round(precision(*codes, *labels), 3),
        "R2": None if r2 is None else round(r2, 3),
        "seconds": round(time.perf_counter() - began, 1),
    }


def unit(codes: np.ndarray) -> np.ndarray:
    return codes / np.maximum(np.linalg.norm(codes, axis=1, keepdims=True), 1e-9)


def precision(known: np.ndarray, asks: np.ndarray, y: np.ndarray, y_asks: np.ndarray) -> float:
    """The share of right ones among the first hundred."""
    distances = (known**2).sum(1) - 2 * asks @ known.T
    nearest = np.argpartition(distances, 100, axis=1)[:, :100]
    return float((y[nearest] == y_asks[:, None]).mean())


def explained(asks, known, reconstructed: np.ndarray) -> float:
    """The share of the variance of new texts."""
    truth, mean = asks.toarray(), np.asarray(known.mean(0))
    return float(1 - ((truth - reconstructed) ** 2).sum() / ((truth - mean) ** 2).sum())


def table(found: list[dict[str, object]]) -> str:
    lines = ["| " + " | ".join(found[0]) + " |", "|---" * len(found[0]) + "|"]
    lines += [
        "| " + " | ".join("" if v is None else str(v) for v in one.values()) + " |" for one in found
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
