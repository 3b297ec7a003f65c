"""A run on disk: settings, weights, codes, metrics and where they came from. README.md has the format."""

from latens.runs.cells import ColumnCells, DimensionColumns, TableCells
from latens.runs.findings import Finding, Mosaic, Table
from latens.runs.folders import NextFolder
from latens.runs.histories import EpochRecord, Histories, HistoryRecord
from latens.runs.info import CheapForm, DataInfo, Items, RunInfo, rows_of
from latens.runs.lifecycle import carry_out
from latens.runs.naming import CLASSES_FILE, LABELS_FILE, NamedView, Views
from latens.runs.next_steps import next_steps
from latens.runs.profiles import ClusterProfile, ClusterProfiles, ColumnDifference
from latens.runs.provenance import machine, now, software
from latens.runs.recommendations import (
    RecommendationResults,
    RecommenderSplit,
    RecommenderSummary,
)
from latens.runs.results import (
    BASELINES,
    Alert,
    ChosenClusters,
    ClusterCriterion,
    Evidence,
    KeptVariance,
    Measure,
    NotMeasured,
    PairedDifference,
    Part,
    PicturedLayer,
    ResultRow,
    Results,
    Structure,
    Verdict,
)
from latens.runs.run import Run
from latens.runs.stored_images import StoredImages
from latens.runs.summaries import RowSummary, labels_of, mean_and_spread, summarize_rows
from latens.runs.toml import to_toml

__all__ = [
    "BASELINES",
    "CLASSES_FILE",
    "LABELS_FILE",
    "Alert",
    "CheapForm",
    "ChosenClusters",
    "ClusterCriterion",
    "ClusterProfile",
    "ClusterProfiles",
    "ColumnCells",
    "ColumnDifference",
    "DataInfo",
    "DimensionColumns",
    "EpochRecord",
    "Evidence",
    "Finding",
    "Histories",
    "HistoryRecord",
    "Items",
    "KeptVariance",
    "Measure",
    "Mosaic",
    "NamedView",
    "NextFolder",
    "NotMeasured",
    "PairedDifference",
    "Part",
    "PicturedLayer",
    "RecommendationResults",
    "RecommenderSplit",
    "RecommenderSummary",
    "ResultRow",
    "Results",
    "RowSummary",
    "Run",
    "RunInfo",
    "StoredImages",
    "Structure",
    "Table",
    "TableCells",
    "Verdict",
    "Views",
    "carry_out",
    "labels_of",
    "machine",
    "mean_and_spread",
    "next_steps",
    "now",
    "rows_of",
    "software",
    "summarize_rows",
    "to_toml",
]
