"""A run for other programs: a parquet file, a folder for TensorBoard's projector, or an AnnData file.

All of them hold the samples that are on the maps, held out or trained on, each with its row number in the
data, its file or id and its part, and read nothing but the run folder.
"""

from latens.explorer.exports.export import FORMATS, Format, export_run, how_to_open

__all__ = ["FORMATS", "Format", "export_run", "how_to_open"]
