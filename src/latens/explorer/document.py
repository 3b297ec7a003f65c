"""The explorer as HTML: a part of a page, or a page of its own."""

import base64
import hashlib
import html
from dataclasses import dataclass
from pathlib import Path

from latens._text import one_line
from latens._writing import atomic_write
from latens.explorer.bundle import script
from latens.explorer.exploration import Exploration
from latens.explorer.limits import IN_A_FILE, IN_A_REPORT, Limits
from latens.explorer.packing import pack_exploration
from latens.explorer.reading import read_exploration
from latens.runs import Run

__all__ = [
    "PAGE_STYLE",
    "WITHOUT_SCRIPTS",
    "Fragment",
    "explorer_fragment",
    "fragment_of",
    "hash_of",
    "page_of",
    "title_of",
    "write_explorer",
]


@dataclass(frozen=True)
class Fragment:
    """What a page needs to hold an explorer.

    Attributes
    ----------
    html : str
        The element that it appears in, and its data; nothing in it is executed.
    script : str
        To be put in one ``<script>`` element behind the html, exactly as it is.
    script_hash : str
        For the page's content policy: ``script-src 'sha256-...'``. No other source is needed, as styles
        are set by the script and pictures are in the data.
    """

    html: str
    script: str
    script_hash: str


def explorer_fragment(run: Run, *, limits: Limits = IN_A_REPORT) -> Fragment:
    """Make the explorer of a run as a part of a larger page.

    Parameters
    ----------
    run : Run
    limits : Limits, default=IN_A_REPORT
        About four megabytes.

    Raises
    ------
    RunError
        If the run has no maps, in a sentence that can be shown to people, or is damaged.
    """
    return fragment_of(read_exploration(run, limits), limits)


def fragment_of(exploration: Exploration, limits: Limits) -> Fragment:
    """Make the explorer of an exploration as a part of a larger page."""
    return _fragment(exploration, limits, alone=False)


def write_explorer(run: Run | str | Path, path: str | Path, *, limits: Limits = IN_A_FILE) -> Path:
    """Write the explorer of a run as one HTML file that loads nothing else.

    Parameters
    ----------
    run : Run or path
    path : str or path
        Of the file; one that is there is replaced.
    limits : Limits, default=IN_A_FILE

    Returns
    -------
    Path
        The file. It holds images of the data and the decoder of the model; nothing leaves the machine
        unless somebody sends it.

    Raises
    ------
    RunError
        If the run cannot be read or has no maps, or the file cannot be written.
    """
    opened = run if isinstance(run, Run) else Run.open(run)
    text = page_of(read_exploration(opened, limits), limits)
    path = Path(path)
    with atomic_write(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return path


def page_of(exploration: Exploration, limits: Limits = IN_A_FILE) -> str:
    """Return the page of an exploration, complete and on its own.

    Examples
    --------
    >>> import numpy as np
    >>> from latens.explorer.exploration import Map
    >>> places = np.array([[0.0, 0.0], [1.0, 2.0]])
    >>> page = page_of(Exploration("<two>", np.arange(2), (Map("plane", places),)))
    >>> page.partition("<title>")[2].partition("</title>")[0]
    '&lt;two&gt; – latens explorer'
    """
    part = _fragment(exploration, limits, alone=True)
    policy = f"default-src 'none'; script-src '{part.script_hash}'; style-src '{_STYLE_HASH}'"
    return _PAGE.format(
        policy=f"{policy}; base-uri 'none'; form-action 'none'",
        title=title_of(exploration),
        style=PAGE_STYLE,
        body=part.html,
        script=part.script,
    )


def title_of(exploration: Exploration) -> str:
    """Return the title of a page, escaped."""
    return f"{html.escape(one_line(exploration.name[:60]))} – latens explorer"


def _fragment(exploration: Exploration, limits: Limits, *, alone: bool) -> Fragment:
    data = pack_exploration(exploration, most_pixels=limits.pixels)
    text = base64.b64encode(data).decode("ascii")
    code = script("file")
    return Fragment(
        f'<div id="latens-explorer"{" data-alone" if alone else ""}>{WITHOUT_SCRIPTS}</div>\n'
        f'<script type="application/octet-stream;base64" id="latens-explorer-data">{text}</script>',
        code,
        hash_of(code),
    )


def hash_of(text: str) -> str:
    """Return the source of a content policy that allows an inline script or style."""
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return "sha256-" + base64.b64encode(digest).decode("ascii")


WITHOUT_SCRIPTS = (
    "<noscript><p>The explorer needs scripts, which this browser does not run.</p></noscript>"
)

PAGE_STYLE = """
:root { color-scheme: light dark; }
body {
  margin: 0; padding: .9rem 1.1rem .4rem; font-family: system-ui, sans-serif;
  background: light-dark(#fdfdfb, #14161a); color: light-dark(#1d1f24, #e7e8eb);
}
#latens-explorer { --explorer-height: calc(100vh - 1.5rem); }
@media (max-width: 40rem) { body { padding: .7rem; } }
"""
_STYLE_HASH = hash_of(PAGE_STYLE)

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
{body}
</main>
<script>{script}</script>
</body>
</html>
"""
