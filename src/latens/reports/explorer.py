"""The explorer inside the page."""

from dataclasses import dataclass

from markupsafe import Markup

from latens.exceptions import RunError
from latens.explorer import IN_A_REPORT, Limits, explorer_fragment
from latens.runs import Run

__all__ = ["TOO_LARGE", "Explorer", "read_explorer"]

TOO_LARGE = "The explorer of this run is too large for this page. `latens explore RUN` opens it."
# Each of fewer samples, smaller pictures and fewer weights.
_LIMITS = (
    IN_A_REPORT,
    Limits(points=2_500, pixels=1_500_000, weights=1_500_000),
    Limits(points=1_500, pixels=500_000, weights=500_000),
)


@dataclass(frozen=True)
class Explorer:
    """The explorer of a run, ready for the page; or nothing, and why.

    Attributes
    ----------
    html, script : Markup
        Made by `latens.explorer`, and nothing else, as they go into the page as they are. Empty if there
        is no explorer.
    script_hash : str
        For the content policy.
    why_not : str
        Why there is none, as a sentence; empty if there is one.
    """

    html: Markup
    script: Markup
    script_hash: str
    why_not: str = ""

    @classmethod
    def none(cls, why_not: str) -> "Explorer":
        """Return no explorer, and the sentence that says why."""
        return cls(Markup(), Markup(), "", why_not)

    @property
    def is_there(self) -> bool:
        """Whether the page has an explorer, which links can lead to."""
        return not self.why_not

    @property
    def size(self) -> int:
        """Bytes that it adds to the page."""
        return len((self.html + self.script).encode("utf-8"))


def read_explorer(run: Run, *, most_bytes: int) -> Explorer:
    """Make the explorer of a run once, whatever detail the page around it has, as large as there is room.

    Parameters
    ----------
    run : Run
    most_bytes : int
        A larger one is left out.
    """
    for limits in _LIMITS:
        try:
            part = explorer_fragment(run, limits=limits)
        except RunError as error:
            return Explorer.none(str(error))
        explorer = Explorer(Markup(part.html), Markup(part.script), part.script_hash)
        if explorer.size <= most_bytes:
            return explorer
    return Explorer.none(TOO_LARGE)
