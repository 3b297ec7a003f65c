"""The page as a whole: built from a run, then rendered."""

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import jinja2
from markupsafe import Markup, escape

from latens._text import one_line, printable
from latens.reports.anomalies import anomalies_section
from latens.reports.arrays import Arrays
from latens.reports.baselines import baselines_section
from latens.reports.blocks import Section
from latens.reports.classes import classes_section
from latens.reports.cluster_labels import cluster_labels_section
from latens.reports.clusters import clusters_section
from latens.reports.codes import codes_section
from latens.reports.columns import Column
from latens.reports.comparison import comparison_section, explanations
from latens.reports.content import Content, Remark, read_content
from latens.reports.detail import Detail
from latens.reports.examples import Hero, examples_section, hero
from latens.reports.explorer import Explorer
from latens.reports.generated import generated_section
from latens.reports.inside import inside_section
from latens.reports.maps import maps_section
from latens.reports.overview import Fact, Verdict, alerts, facts, verdict
from latens.reports.reproduction import contents_section, reproduction_section
from latens.reports.similar import similar_section
from latens.reports.training import training_section
from latens.reports.uses import uses_sections
from latens.reports.walks import walks_section
from latens.runs import Run

__all__ = ["Page", "build", "render"]

_TEMPLATES = Path(__file__).parent / "templates"
# Nobody reads further, and a label of megabytes must not make the page unreadable.
_LONGEST, _LONGEST_TITLE = 60, 400


@dataclass(frozen=True)
class Page:
    """Everything on the page, in its order.

    Attributes
    ----------
    content : Content
    verdict : Verdict
    hero : Hero or None
    facts, alerts, sections : tuple
    explanations : tuple of Column
        The metrics to explain.
    explorer : Explorer
    """

    content: Content
    verdict: Verdict
    hero: Hero | None
    facts: tuple[Fact, ...]
    alerts: tuple[Remark, ...]
    sections: tuple[Section, ...]
    explanations: tuple[Column, ...]
    explorer: Explorer


def build(run: Run, detail: Detail, explorer: Explorer) -> Page:
    """Read a run and build its page around its explorer.

    Raises
    ------
    RunError
        If a file of the run is damaged.
    """
    content, arrays = read_content(run), Arrays(run)
    sections = (
        *(_study_sections(content, arrays, detail, explorer) if content.is_study else ()),
        *uses_sections(run, detail),
        reproduction_section(content),
        contents_section(content),
    )
    return Page(
        content=content,
        verdict=verdict(content),
        hero=hero(content, arrays, detail),
        facts=facts(content, arrays),
        # Last, as reading the arrays may have found problems.
        alerts=alerts(content, arrays),
        sections=tuple(section for section in sections if section is not None),
        explanations=explanations(content),
        explorer=explorer,
    )


def _study_sections(
    content: Content, arrays: Arrays, detail: Detail, explorer: Explorer
) -> tuple[Section | None, ...]:
    """The sections on models, codes and clusters; what an unfinished study lacks, they name."""
    return (
        comparison_section(content),
        classes_section(content, arrays, detail),
        training_section(content),
        examples_section(content, arrays, detail),
        baselines_section(content, arrays),
        clusters_section(content, arrays, detail),
        cluster_labels_section(content, arrays),
        maps_section(content, arrays, detail, explorer),
        codes_section(content, arrays),
        walks_section(content, arrays, detail),
        inside_section(content, arrays, detail),
        anomalies_section(content, arrays, detail),
        similar_section(content, arrays, detail),
        generated_section(content, arrays, detail),
    )


def render(page: Page) -> str:
    """Return the page as HTML."""
    script = (_TEMPLATES / "report.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    html: str = (
        _environment()
        .get_template("report.html")
        .render(
            page=page,
            name=page.content.data.get("name") or "unnamed data",
            date=str(page.content.info.get("started") or "")[:10],
            script=Markup(script),
            style=Markup((_TEMPLATES / "report.css").read_text(encoding="utf-8")),
            script_hash=f"sha256-{digest}",
        )
    )
    # Half of a surrogate pair, as damaged names have it, cannot be written as UTF-8.
    return html.encode("utf-8", "replace").decode("utf-8")


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["short"] = _short
    environment.filters["title"] = _title
    environment.filters["capitalize_first"] = _capitalised
    environment.filters["code"] = _with_code
    return environment


def _shown(value: object) -> object:
    """What the page shows of a value: text without what turns or hides other text."""
    # Markup is ours, and what it holds of others has been here before.
    return printable(value) if type(value) is str else value


def _short(text: object) -> str:
    """At most 60 characters for the page."""
    words = one_line(str(text)[: 10 * _LONGEST])
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1].rstrip() + "…"


def _title(text: object) -> str:
    """At most 400 characters to read on hover."""
    words = one_line(str(text)[: 10 * _LONGEST_TITLE])
    return words if len(words) <= _LONGEST_TITLE else words[: _LONGEST_TITLE - 1].rstrip() + "…"


def _capitalised(text: str) -> str:
    """The first letter large, the others as they are."""
    return text[:1].upper() + text[1:]


def _with_code(text: str) -> Markup:
    """Escape text, and set what stands between backticks as code."""
    parts = printable(text).split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    code = Markup("<code>{}</code>")
    marked = (code.format(part) if at % 2 else escape(part) for at, part in enumerate(parts))
    return Markup("").join(marked)
