"""The columns of the comparison: every metric with its direction, its range and its meaning."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from latens.metrics import METRICS

__all__ = ["MetricColumn", "column", "columns_of"]

# The order of the columns: what needs no labels first.
_MEANINGS = {
    "cell_error": "how far the cells of a reconstructed row are from the original, where 1 is that of the "
    "mean or the most frequent value of each column: the mean of the squared errors of numbers over their "
    "variance, and of wrong categories over how often the most frequent one is wrong",
    "number_r2": "how much of the variance of a column of numbers comes back, on average over these columns",
    "category_accuracy": "how many cells of a column of categories come back right, on average over these "
    "columns",
    "mean_squared_error": "how far a reconstructed sample is from the original: the mean of the squared "
    "differences, after scaling",
    "mean_absolute_error": "how far a reconstructed sample is from the original: the mean of the differences "
    "without their sign, after scaling",
    "binary_cross_entropy": "how surprised the reconstructed image would be by the original, per value",
    "psnr": "peak signal-to-noise ratio, the error on a logarithmic scale: 3 dB more is half the squared "
    "error. It is the mean over the images of the ratio of each, which does not follow from their mean error",
    "ssim": "structural similarity: whether edges and textures survive, and not only brightness",
    "trustworthiness": "whether samples that are neighbors by their codes are neighbors in the data, "
    "too",
    "continuity": "whether neighbors in the data stay neighbors by their codes",
    "silhouette_score": "how clearly K-means clusters stand apart, measured among the codes "
    "themselves. A code can score well here by being simple, so compare it with the next column",
    "silhouette_raw": "the silhouette of the same clusters, measured among the raw values, which is "
    "the same yardstick for all rows",
    "dunn_index": "the smallest gap between clusters over the widest cluster",
    "clustering_accuracy": "the share of samples in the right cluster, when every cluster is given the "
    "class that suits best",
    "normalized_mutual_info_score": "how much the clusters tell about the classes",
    "adjusted_rand_score": "how often clusters and classes agree on whether two samples belong "
    "together, corrected for chance: 0 is guessing",
    "knn_accuracy": "how often the nearest training samples, by their codes, have the right class",
    "linear_probe_accuracy": "how well a linear classifier does on the codes",
}


@dataclass(frozen=True)
class MetricColumn:
    """A metric as the report shows it.

    Attributes
    ----------
    name : str
        Its key in results.json.
    label : str
    better : {"higher", "lower", ""}
        Empty if nobody knows.
    range : (float, float) or None
    needs_labels : bool
    meaning : str
        The end of the sentence "It tells".
    """

    name: str
    label: str
    better: str = ""
    range: tuple[float, float] | None = None
    needs_labels: bool = False
    meaning: str = ""

    @property
    def title(self) -> str:
        """Direction and range in words, for the heading."""
        if not self.better:
            return "no direction is known for this metric"
        return f"{self.better} is better{self._range_words()}"

    def _range_words(self) -> str:
        if self.range is None:
            return ""
        low, high = self.range
        if math.isinf(low) and math.isinf(high):
            return ", no limits"
        if math.isinf(high):
            return f", from {low:g} upwards"
        return f", from {low:g} to {high:.3g}".replace("-", "−")


def column(name: str) -> MetricColumn:
    """Describe a metric by its name; one that nobody knows gets its plain name.

    Examples
    --------
    >>> column("ssim").title
    'higher is better, from −1 to 1'
    >>> column("my_own_metric").label
    'my own metric'
    """
    meaning = _MEANINGS.get(name, "")
    for metric in METRICS:
        if metric.name == name:
            return MetricColumn(
                name, metric.label, metric.better, metric.range, metric.needs_labels, meaning
            )
    return MetricColumn(name, name.replace("_", " "))


def columns_of(names: Iterable[str]) -> tuple[MetricColumn, ...]:
    """Describe metrics in the order of the report: without labels first, unknown ones last."""
    known = list(_MEANINGS)
    columns = [column(name) for name in dict.fromkeys(names)]

    def place(one: MetricColumn) -> tuple[bool, int]:
        return one.needs_labels, known.index(one.name) if one.name in known else len(known)

    return tuple(sorted(columns, key=place))
