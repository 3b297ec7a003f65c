"""The report for programs."""

from dataclasses import asdict
from typing import Any

from latens.reports.page import Page

__all__ = ["FORMAT", "VERSION", "summarize"]

FORMAT, VERSION = "latens report", 1


def summarize(page: Page) -> dict[str, Any]:
    """Return the facts of the page as plain data, without pictures."""
    info = page.run.info
    return {
        "format": FORMAT,
        "version": VERSION,
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
