"""From a run folder to its report."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from latens._writing import atomic_write
from latens.exceptions import RunError
from latens.runs import Run

if TYPE_CHECKING:
    from latens.reports.page import Page

__all__ = ["MAX_BYTES", "WANTED_BYTES", "write_report"]

_FORMAT, _VERSION = "latens report", 1

# A page of this size opens at once, besides its explorer, which costs a browser little before it is used and
# gets the rest. Studies of many models may need more; the second limit is for all of it.
WANTED_BYTES, MAX_BYTES = 4_000_000, 8_000_000


def write_report(run: Run | str | Path) -> Path:
    """Write ``report.html`` and ``report.json`` into a run folder, from what the folder holds.

    The page is one file that loads nothing else. It holds images of the data; nothing leaves the
    machine unless somebody sends the file.

    Parameters
    ----------
    run : Run or path
        A run in any state. What an unfinished one lacks, the report names.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    RunError
        If the folder is not a run, is damaged, or cannot be written to.

    Examples
    --------
    >>> import tempfile
    >>> from latens.runs import Run
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     run = Run.create(f"{folder}/run")
    ...     info = run.write_info(status="running", data={"name": "digits"})
    ...     write_report(run).name
    'report.html'
    """
    opened = run if isinstance(run, Run) else Run.open(run)
    opened.check_writable()
    page, html = _within_budget(opened)
    path = opened.path / "report.html"
    with opened.writing():
        with atomic_write(path) as temporary:
            temporary.write_text(html, encoding="utf-8")
        opened.write("report", summarize(page))
    return path


def _within_budget(run: Run) -> "tuple[Page, str]":
    """Return the most detailed page that is small enough, built and rendered."""
    # matplotlib and pandas take a second to import; the command line must not pay for them earlier.
    from latens.reports.explorer import TOO_LARGE, Explorer, read_explorer
    from latens.reports.page import build, render
    from latens.reports.resolution import RESOLUTIONS

    explorer = read_explorer(run, most_bytes=MAX_BYTES - WANTED_BYTES)
    for resolution in RESOLUTIONS:
        page = build(run, resolution, explorer)
        html = render(page)
        size = len(html.encode("utf-8"))
        if size - explorer.size <= WANTED_BYTES:
            return page, html
    if size <= MAX_BYTES:
        return page, html
    page = build(run, resolution, Explorer.none(TOO_LARGE))
    html = render(page)
    if len(html.encode("utf-8")) <= MAX_BYTES:
        return page, html
    raise RunError(
        f"The report of '{run.path}' would be larger than {MAX_BYTES // 1_000_000} MB even without "
        "detail. Compare fewer models in one run."
    )


def summarize(page: "Page") -> dict[str, Any]:
    """Return the facts of the page as plain data, without pictures."""
    info = page.run.info
    return {
        "format": _FORMAT,
        "version": _VERSION,
        "status": info.status,
        "verdict": found.model_dump() if (found := page.run.results.verdict) else None,
        "facts": [asdict(fact) for fact in page.facts],
        "alerts": [alert.model_dump() for alert in page.alerts],
        "data": page.run.data.model_dump(),
        "seeds": list(page.run.seeds),
        "metrics": {
            one.name: {
                "label": one.label,
                "better": one.better or None,
                "range": list(one.range) if one.range else None,
                "needs_labels": one.needs_labels,
                "meaning": one.meaning,
            }
            for one in page.explanations
        },
        "sections": {section.id: dict(section.data) for section in page.sections if section.data},
        "missing": {
            section.id: list(section.missing) for section in page.sections if section.missing
        },
        "started": info.started,
        "finished": info.finished,
        "seconds": info.seconds,
    }
