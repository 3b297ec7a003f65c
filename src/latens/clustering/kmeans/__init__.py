"""K-means from scratch: Lloyd's iteration with bounds, k-means++ and small batches."""

from latens.clustering.kmeans.kmeans import KMeans
from latens.clustering.kmeans.minibatch import MiniBatchKMeans

__all__ = ["KMeans", "MiniBatchKMeans"]
