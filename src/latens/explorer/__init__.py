"""The explorer: a map of all samples with live decoding, as a file, on a local server or in a notebook.

All three show the same page (`page/`) with the same data (`packing.py`). README.md says how it is made.
"""

from latens.explorer.document import Fragment, explorer_fragment, write_explorer
from latens.explorer.limits import IN_A_FILE, IN_A_REPORT, ON_A_SERVER, Limits
from latens.explorer.server import serve
from latens.explorer.widget import explorer_widget

__all__ = [
    "IN_A_FILE",
    "IN_A_REPORT",
    "ON_A_SERVER",
    "Fragment",
    "Limits",
    "explorer_fragment",
    "explorer_widget",
    "serve",
    "write_explorer",
]
