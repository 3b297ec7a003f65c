"""The explorer in a notebook."""

from typing import Any

from latens._optional import import_optional
from latens.explorer.bundle import script
from latens.explorer.limits import IN_A_FILE, Limits
from latens.explorer.packing import pack_exploration
from latens.explorer.reading import read_exploration
from latens.runs import Run

__all__ = ["explorer_widget"]


def explorer_widget(run: Run, *, limits: Limits = IN_A_FILE) -> Any:
    """Return the explorer of a run as a notebook widget.

    Parameters
    ----------
    run : Run
    limits : Limits, default=IN_A_FILE
        The notebook keeps what it holds when it is saved with its widgets.

    Returns
    -------
    anywidget.AnyWidget
        Its ``selected_rows`` are the row numbers of the selection in the data, and change with it.

    Raises
    ------
    MissingDependencyError
        If anywidget is not installed.
    RunError
        If the run has no maps, or is damaged.
    """
    purpose = "show the explorer in a notebook"
    anywidget = import_optional("anywidget", extra="notebook", purpose=purpose)
    traitlets = import_optional("traitlets", extra="notebook", purpose=purpose)
    data = pack_exploration(read_exploration(run, limits), most_pixels=limits.pixels)
    traits = {
        "_esm": script("widget"),
        "data": traitlets.Bytes().tag(sync=True),
        "selected_rows": traitlets.List(traitlets.Int()).tag(sync=True),
    }
    # The base class is only there when anywidget is, so the class is made here.
    widget = type("ExplorerWidget", (anywidget.AnyWidget,), traits)
    return widget(data=data)
