"""The comparison as a small table of words, for terminals."""

from collections.abc import Iterator

from latens.metrics import METRICS
from latens.runs import ChosenClusters, Results, RowSummary, Run, summarize_rows

__all__ = ["comparison_table", "comparison_title", "outcome"]

_SHOWN = (
    "psnr",
    "cell_error",
    "number_r2",
    "category_accuracy",
    "mean_squared_error",
    "silhouette_score",
    "trustworthiness",
    "clustering_accuracy",
    "normalized_mutual_info_score",
    "adjusted_rand_score",
    "linear_probe_accuracy",
)
_DIGITS = {"psnr": 2, "mean_squared_error": 4}


def outcome(run: Run) -> Iterator[str]:
    """Yield what is said below the table: what it lacks, the clusters, the verdict and cheaper forms."""
    results = run.results
    for missing in results.not_measured:
        yield f"Not measured: {missing.label}, as {missing.reason}."
    if results.clusters is not None:
        yield from (_cluster_line(results.clusters), "")
    verdict = results.verdict
    if verdict is not None:
        yield from (verdict.headline, *verdict.reasons, verdict.caution, "")
    for cheap in run.info.cheap_forms:
        yield f"To save time: {cheap.step} {cheap.text}."


def _cluster_line(clusters: ChosenClusters) -> str:
    """Say how many clusters were made, and how many of them were held against labels."""
    line = f"Clusters: {clusters.k}, {clusters.why}."
    if clusters.n_classes in (None, clusters.k):
        return line
    return (
        f"{line} ACC, NMI and ARI are those of {clusters.n_classes} clusters, one for each class."
    )


def comparison_title(results: Results, *, own_parts: bool) -> str:
    """Say what the table shows, and what its spreads are of."""
    seeds = {row.seed for row in results.rows}
    if len(seeds) < 2:
        return "Held-out samples"
    own = ", each with a held-out part of its own" if own_parts else ""
    return f"Held-out samples, mean ± standard deviation over {len(seeds)} seeds{own}"


def comparison_table(results: Results) -> tuple[list[str], list[list[str]]]:
    """Return headings and rows of the held-out comparison; an arrow says which way is better.

    Several seeds give mean ± standard deviation; what was not measured is a dash.
    """
    summaries = summarize_rows(results.rows, "held-out")
    has = {name for one in summaries for name in one.values}
    if has & {"psnr", "cell_error"}:
        has.discard("mean_squared_error")
    shown = [metric for name in _SHOWN for metric in METRICS if metric.name == name and name in has]
    arrows = {"higher": "↑", "lower": "↓"}
    headings = ["", "dimensions", *(f"{metric.label} {arrows[metric.better]}" for metric in shown)]
    rows = [
        [one.label, str(one.numbers), *(_cell(one, metric.name) for metric in shown)]
        for one in summaries
    ]
    return headings, rows


def _cell(summary: RowSummary, metric: str) -> str:
    mean, spread = summary.mean(metric), summary.spread(metric)
    if mean is None:
        return "–"
    digits = _DIGITS.get(metric, 3)
    text = f"{mean:.{digits}f}"
    return text if spread is None else f"{text} ± {spread:.{digits}f}"
