"""Clustering of points that do not change, such as codes: K-means from scratch, and choosing k."""

from latens.clustering.choosing import ChosenK, choose_k
from latens.clustering.kmeans import KMeans

__all__ = ["ChosenK", "KMeans", "choose_k"]
