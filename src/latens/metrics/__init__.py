"""Metrics score codes, clusters and reconstructions that are given as arrays.

Each says in its docstring what it ranges over and which way is better; `METRICS` lists the same for
tables.
"""

from latens.metrics.calinski_harabasz import calinski_harabasz_score
from latens.metrics.cells import (
    category_accuracy,
    cell_error,
    cell_error_samples,
    cell_errors,
    explained_variance_share,
    number_r2,
)
from latens.metrics.clustering import (
    Contingency,
    adjusted_rand_score,
    adjusted_rand_score_samples,
    clustering_accuracy,
    contingency,
    normalized_mutual_info_score,
)
from latens.metrics.davies_bouldin import davies_bouldin_score
from latens.metrics.dbcv import dbcv_score
from latens.metrics.distribution import (
    CodeDistribution,
    describe_codes,
    gaussian_divergence,
    largest_gap,
    maximum_mean_discrepancy,
)
from latens.metrics.dunn import dunn_index, generalized_dunn_index
from latens.metrics.frechet import frechet_distance, gaussian_frechet_distance
from latens.metrics.generation import (
    DensityCoverage,
    Memorization,
    PrecisionRecall,
    density_coverage,
    memorization,
    precision_recall,
)
from latens.metrics.merged_classes import MergedClasses, NearPair, merged_classes
from latens.metrics.mixed_tables import MixedTable, column_shapes, pair_trends
from latens.metrics.neighborhood import (
    continuity,
    neighborhood_hit,
    trustworthiness,
    trustworthiness_samples,
)
from latens.metrics.probes import (
    knn_accuracy,
    knn_accuracy_samples,
    linear_probe_accuracy,
    linear_probe_accuracy_samples,
)
from latens.metrics.ranking import capped_recall_at_k, ndcg_at_k, recall_at_k, top_k
from latens.metrics.reconstruction import (
    binary_cross_entropy,
    binary_cross_entropy_samples,
    mean_absolute_error,
    mean_absolute_error_samples,
    mean_squared_error,
    mean_squared_error_samples,
    psnr,
    psnr_samples,
)
from latens.metrics.record_distances import (
    ClosestRecords,
    MembershipAttack,
    closest_distances,
    closest_records,
    membership_attack,
)
from latens.metrics.registry import METRICS, Metric
from latens.metrics.retrieval import (
    average_precision_samples,
    mean_average_precision,
    precision_at_k,
)
from latens.metrics.silhouette import silhouette_samples, silhouette_score, silhouette_sweep
from latens.metrics.ssim import ssim, ssim_samples
from latens.metrics.table_learners import detection_auc, utility

# The spelling of earlier releases.
Memorisation, memorisation, neighbourhood_hit = Memorization, memorization, neighborhood_hit

__all__ = [
    "METRICS",
    "ClosestRecords",
    "CodeDistribution",
    "Contingency",
    "DensityCoverage",
    "MembershipAttack",
    "Memorisation",
    "Memorization",
    "MergedClasses",
    "Metric",
    "MixedTable",
    "NearPair",
    "PrecisionRecall",
    "adjusted_rand_score",
    "adjusted_rand_score_samples",
    "average_precision_samples",
    "binary_cross_entropy",
    "binary_cross_entropy_samples",
    "calinski_harabasz_score",
    "capped_recall_at_k",
    "category_accuracy",
    "cell_error",
    "cell_error_samples",
    "cell_errors",
    "closest_distances",
    "closest_records",
    "clustering_accuracy",
    "column_shapes",
    "contingency",
    "continuity",
    "davies_bouldin_score",
    "dbcv_score",
    "density_coverage",
    "describe_codes",
    "detection_auc",
    "dunn_index",
    "explained_variance_share",
    "frechet_distance",
    "gaussian_divergence",
    "gaussian_frechet_distance",
    "generalized_dunn_index",
    "knn_accuracy",
    "knn_accuracy_samples",
    "largest_gap",
    "linear_probe_accuracy",
    "linear_probe_accuracy_samples",
    "maximum_mean_discrepancy",
    "mean_absolute_error",
    "mean_absolute_error_samples",
    "mean_average_precision",
    "mean_squared_error",
    "mean_squared_error_samples",
    "membership_attack",
    "memorisation",
    "memorization",
    "merged_classes",
    "ndcg_at_k",
    "neighborhood_hit",
    "neighbourhood_hit",
    "normalized_mutual_info_score",
    "number_r2",
    "pair_trends",
    "precision_at_k",
    "precision_recall",
    "psnr",
    "psnr_samples",
    "recall_at_k",
    "silhouette_samples",
    "silhouette_score",
    "silhouette_sweep",
    "ssim",
    "ssim_samples",
    "top_k",
    "trustworthiness",
    "trustworthiness_samples",
    "utility",
]
