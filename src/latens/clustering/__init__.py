"""Clustering of fixed points, such as codes: K-means from scratch, the choice of k, and other methods."""

from latens.clustering.choosing import CRITERIA, ChosenK, Criterion, choose_k
from latens.clustering.gap import Gaps, gap_statistic
from latens.clustering.kmeans import KMeans, MiniBatchKMeans
from latens.clustering.methods import CLUSTERERS, Clusterer, cluster
from latens.clustering.stability import Stabilities, stability
from latens.clustering.support import Support

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
