"""The registry lists the metrics of tables, with heading, range and direction."""

import math
from dataclasses import dataclass
from typing import Literal

__all__ = ["METRICS", "Metric"]


@dataclass(frozen=True)
class Metric:
    """A metric as tables show it, with heading, range and direction.

    Attributes
    ----------
    name : str
        What results call it: the function in `latens.metrics`, unless `function` names another.
    label : str
        The heading, with the unit where there is one.
    better : {"higher", "lower"}
        Which way is better.
    range : (float, float)
        The smallest and the largest value possible.
    needs_labels : bool
        Whether it is scored with true labels.
    function : str
        The function in `latens.metrics`; empty where `name` is it.
    """

    name: str
    label: str
    better: Literal["higher", "lower"]
    range: tuple[float, float]
    needs_labels: bool = False
    function: str = ""


METRICS: tuple[Metric, ...] = (
    Metric("clustering_accuracy", "ACC", "higher", (0, 1), needs_labels=True),
    Metric("normalized_mutual_info_score", "NMI", "higher", (0, 1), needs_labels=True),
    Metric("adjusted_rand_score", "ARI", "higher", (-0.5, 1), needs_labels=True),
    Metric("silhouette_score", "Silhouette", "higher", (-1, 1)),
    # Silhouettes of different spaces do not compare; those of different labelings of one space do.
    Metric(
        "silhouette_raw", "Silhouette, raw space", "higher", (-1, 1), function="silhouette_score"
    ),
    Metric("dunn_index", "Dunn index", "higher", (0, math.inf)),
    Metric("cell_error", "Cell error", "lower", (0, math.inf)),
    Metric("number_r2", "R² of numbers", "higher", (-math.inf, 1)),
    Metric("category_accuracy", "Accuracy of categories", "higher", (0, 1)),
    Metric("mean_squared_error", "MSE", "lower", (0, math.inf)),
    Metric("mean_absolute_error", "MAE", "lower", (0, math.inf)),
    Metric("binary_cross_entropy", "BCE (nats)", "lower", (0, -math.log(1e-7))),
    Metric("psnr", "PSNR per image (dB)", "higher", (-math.inf, math.inf)),
    Metric("ssim", "SSIM", "higher", (-1, 1)),
    Metric("trustworthiness", "Trustworthiness", "higher", (0, 1)),
    Metric("continuity", "Continuity", "higher", (0, 1)),
    Metric("knn_accuracy", "k-NN accuracy", "higher", (0, 1), needs_labels=True),
    Metric("linear_probe_accuracy", "Linear probe", "higher", (0, 1), needs_labels=True),
)
