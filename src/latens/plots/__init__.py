"""Pictures of results: each function turns a result into a figure and the data frame behind it.

No function here touches pyplot or any other global state, so that pictures can be made in a server, a
test or a thread without a window, and nothing has to be closed afterwards.
"""

from latens.plots.anomalies import anomalies
from latens.plots.class_frequencies import class_frequencies
from latens.plots.class_samples import class_samples
from latens.plots.cluster_labels import (
    cluster_label_counts,
    cluster_label_shares,
    cluster_label_table,
)
from latens.plots.cluster_profiles import cluster_profiles
from latens.plots.code_histograms import code_histograms
from latens.plots.code_tiles import code_tiles
from latens.plots.comparison import comparison
from latens.plots.criteria import criteria
from latens.plots.error_curves import error_curves
from latens.plots.explained_variance import explained_variance
from latens.plots.filters import filters
from latens.plots.generated import generated
from latens.plots.loss_curves import loss_curves
from latens.plots.maps import maps
from latens.plots.medoids import medoids
from latens.plots.merges import merges
from latens.plots.neighbors import neighbors
from latens.plots.patches import patches
from latens.plots.picture import Picture
from latens.plots.reconstructions import reconstructions
from latens.plots.silhouette_profiles import silhouette_profiles
from latens.plots.silhouettes import silhouettes
from latens.plots.style import PALETTE
from latens.plots.walks import interpolations, traversals

__all__ = [
    "PALETTE",
    "Picture",
    "anomalies",
    "class_frequencies",
    "class_samples",
    "cluster_label_counts",
    "cluster_label_shares",
    "cluster_label_table",
    "cluster_profiles",
    "code_histograms",
    "code_tiles",
    "comparison",
    "criteria",
    "error_curves",
    "explained_variance",
    "filters",
    "generated",
    "interpolations",
    "loss_curves",
    "maps",
    "medoids",
    "merges",
    "neighbors",
    "patches",
    "reconstructions",
    "silhouette_profiles",
    "silhouettes",
    "traversals",
]
