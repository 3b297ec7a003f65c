"""The comparison as a small table of words, for terminals."""

from collections.abc import Mapping
from statistics import mean, stdev
from typing import Any

from latens.metrics import METRICS

__all__ = ["cluster_line", "comparison_table", "comparison_title"]

_SHOWN = (
    "psnr",
    "mean_squared_error",
    "silhouette_score",
    "trustworthiness",
    "clustering_accuracy",
    "normalized_mutual_info_score",
    "adjusted_rand_score",
    "linear_probe_accuracy",
)
_DIGITS = {"psnr": 2, "mean_squared_error": 4}


def cluster_line(results: Mapping[str, Any]) -> str:
    """Say how many clusters were made, and how many of them were held against labels."""
    clusters = results["clusters"]
    line = f"Clusters: {clusters['k']}, {clusters['why']}."
    n_classes = clusters.get("n_classes")
    if n_classes in (None, clusters["k"]):
        return line
    return f"{line} ACC, NMI and ARI are those of {n_classes} clusters, one for each class."


def comparison_title(results: Mapping[str, Any], *, own_parts: bool) -> str:
    """Say what the table shows, and what its spreads are of."""
    seeds = {row["seed"] for row in results["rows"]}
    if len(seeds) < 2:
        return "Held-out samples"
    own = ", each with a held-out part of its own" if own_parts else ""
    return f"Held-out samples, mean ± standard deviation over {len(seeds)} seeds{own}"


def comparison_table(results: dict[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Return headings and rows of the held-out comparison; an arrow says which way is better.

    Several seeds give mean ± standard deviation; what was not measured is a dash.
    """
    rows = [row for row in results["rows"] if row["part"] == "held-out"]
    has = {name for row in rows for name, value in row["metrics"].items() if value is not None}
    if "psnr" in has:
        has.discard("mean_squared_error")
    shown = [metric for name in _SHOWN for metric in METRICS if metric.name == name and name in has]
    arrows = {"higher": "↑", "lower": "↓"}
    headings = ["", "numbers", *(f"{metric.label} {arrows[metric.better]}" for metric in shown)]
    table = []
    for name in dict.fromkeys(row["representation"] for row in rows):
        mine = [row for row in rows if row["representation"] == name]
        cells = [_cell(metric.name, mine) for metric in shown]
        table.append([mine[0]["label"], str(mine[0]["numbers"]), *cells])
    return headings, table


def _cell(metric: str, rows: list[dict[str, Any]]) -> str:
    values = [row["metrics"].get(metric) for row in rows]
    known = [value for value in values if value is not None]
    if not known:
        return "–"
    digits = _DIGITS.get(metric, 3)
    text = f"{mean(known):.{digits}f}"
    return text if len(known) == 1 else f"{text} ± {stdev(known):.{digits}f}"
