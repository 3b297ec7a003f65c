"""Where samples come from: named sets, folders of images, arrays, IDX files and tables, safely read.

`load` reads any of them as a `Dataset`. Nothing is unpickled, headers are held against file sizes
before memory is taken, and labels are set apart from the start.
"""

from typing import TYPE_CHECKING, Any

from latens.data.arrays import as_array
from latens.data.catalogue import NamedSet, list_named
from latens.data.dataset import Dataset, Split
from latens.data.event_files import load_interactions
from latens.data.fetching import fetch
from latens.data.interactions import Interactions, interactions_from_frame
from latens.data.loading import load
from latens.data.progress import Progress
from latens.data.scaling import Scaling, fit_scaling
from latens.data.summary import Summary, fingerprint, summarize

if TYPE_CHECKING:
    from latens.data.table_encoding.encoder import TableEncoder

__all__ = [
    "Dataset",
    "Interactions",
    "NamedSet",
    "Progress",
    "Scaling",
    "Split",
    "Summary",
    "TableEncoder",
    "as_array",
    "fetch",
    "fingerprint",
    "fit_scaling",
    "interactions_from_frame",
    "list_named",
    "load",
    "load_interactions",
    "summarize",
]


def __getattr__(name: str) -> Any:
    """Import the encoder of tables when it is asked for, and scikit-learn with it."""
    if name == "TableEncoder":
        from latens.data.table_encoding.encoder import TableEncoder

        return TableEncoder
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
