"""Pairwise distances of rows are computed here in blocks: nearest rows, sums over clusters and extremes."""

from latens.pairwise.centering import Centering, centered
from latens.pairwise.distance_sums import distance_sums, distance_sums_on_device
from latens.pairwise.distances import TILE, squared_distances, squared_norms
from latens.pairwise.extremes import Extremes, find_extremes
from latens.pairwise.nearest_rows import NearestRows, nearest_rows, nearest_rows_on_device
from latens.pairwise.row_blocks import BLOCK_BYTES, row_blocks
from latens.pairwise.running_top_k import RunningTopK, growing_blocks, k_nearest
from latens.pairwise.thread_pool import ThreadPool, one_blas_thread, run_in_threads, torch_threads

__all__ = [
    "BLOCK_BYTES",
    "TILE",
    "Centering",
    "Extremes",
    "NearestRows",
    "RunningTopK",
    "ThreadPool",
    "centered",
    "distance_sums",
    "distance_sums_on_device",
    "find_extremes",
    "growing_blocks",
    "k_nearest",
    "nearest_rows",
    "nearest_rows_on_device",
    "one_blas_thread",
    "row_blocks",
    "run_in_threads",
    "squared_distances",
    "squared_norms",
    "torch_threads",
]
