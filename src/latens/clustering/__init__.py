"""Clustering of fixed points, such as codes: K-means from scratch, the choice of k, and other methods."""

from latens.clustering.cluster_support import Support
from latens.clustering.gap import Gaps, gap_statistic
from latens.clustering.kmeans import KMeans, MiniBatchKMeans
from latens.clustering.methods import CLUSTERERS, Clusterer, cluster
from latens.clustering.number_of_clusters import CRITERIA, ChosenK, Criterion, choose_k
from latens.clustering.stability import Stabilities, stability

__all__ = [
    "CLUSTERERS",
    "CRITERIA",
    "ChosenK",
    "Clusterer",
    "Criterion",
    "Gaps",
    "KMeans",
    "MiniBatchKMeans",
    "Stabilities",
    "Support",
    "choose_k",
    "cluster",
    "gap_statistic",
    "stability",
]
