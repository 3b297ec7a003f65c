"""The report for programs."""

from dataclasses import asdict
from typing import Any

from latens.reports.page import Page

__all__ = ["FORMAT", "VERSION", "summarise"]

FORMAT, VERSION = "latens report", 1


def summarise(page: Page) -> dict[str, Any]:
    """Return the facts of the page as plain data, without pictures."""
    info = page.content.info
    return {
        "format": FORMAT,
        "version": VERSION,
        "status": info.get("status"),
        "verdict": _verdict(page),
        "facts": [asdict(fact) for fact in page.facts],
        "alerts": [asdict(alert) for alert in page.alerts],
        "data": dict(page.content.data),
        "seeds": list(page.content.seeds),
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
        "started": info.get("started"),
        "finished": info.get("finished"),
        "seconds": info.get("seconds"),
    }


def _verdict(page: Page) -> dict[str, Any] | None:
    found = page.content.verdict
    return None if found is None else found.model_dump()
