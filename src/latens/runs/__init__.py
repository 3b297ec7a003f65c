"""A run on disk: settings, weights, codes, metrics and where they came from. README.md has the format."""

from latens.runs.carrying_out import carry_out
from latens.runs.folders import NextFolder
from latens.runs.provenance import now, software
from latens.runs.run import Run
from latens.runs.stored_images import StoredImages
from latens.runs.uses import Mosaic, Table, Use

__all__ = [
    "Mosaic",
    "NextFolder",
    "Run",
    "StoredImages",
    "Table",
    "Use",
    "carry_out",
    "now",
    "software",
]
