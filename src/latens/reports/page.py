"""The page as a whole: built from a run, then rendered."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import jinja2
from markupsafe import Markup, escape

from latens._text import one_line, printable
from latens.explorer.document import hash_of
from latens.reports.blocks import Section
from latens.reports.columns import MetricColumn
from latens.reports.explorer import Explorer
from latens.reports.resolution import Resolution
from latens.reports.run_data import RunData, read_run
from latens.reports.sections.anomalies import anomalies_section
from latens.reports.sections.baselines import baselines_section
from latens.reports.sections.classes import classes_section
from latens.reports.sections.cluster_labels import cluster_labels_section
from latens.reports.sections.clusters import clusters_section
from latens.reports.sections.codes import codes_section
from latens.reports.sections.comparison import comparison_section, explanations
from latens.reports.sections.examples import Hero, examples_section, hero
from latens.reports.sections.filters import filters_section
from latens.reports.sections.findings import findings_sections
from latens.reports.sections.generated import generated_section
from latens.reports.sections.maps import maps_section
from latens.reports.sections.overview import Fact, alerts, facts, verdict
from latens.reports.sections.profiles import profiles_section
from latens.reports.sections.reproduction import (
    contents_section,
    next_steps_section,
    reproduction_section,
)
from latens.reports.sections.similar import similar_section
from latens.reports.sections.table_columns import table_columns_section
from latens.reports.sections.training import training_section
from latens.reports.sections.walks import walks_section
from latens.runs import Alert, Run, Verdict

__all__ = ["Page", "build", "filled", "render"]

_TEMPLATES = Path(__file__).parent / "templates"
# Nobody reads further, and a label of megabytes must not make the page unreadable.
_LONGEST, _LONGEST_TITLE = 60, 400


@dataclass(frozen=True)
class Page:
    """Everything on the page, in its order.

    Attributes
    ----------
    run : RunData
    verdict : Verdict
    hero : Hero or None
    facts, alerts, sections : tuple
    explanations : tuple of MetricColumn
        The metrics to explain.
    explorer : Explorer
    """

    run: RunData
    verdict: Verdict
    hero: Hero | None
    facts: tuple[Fact, ...]
    alerts: tuple[Alert, ...]
    sections: tuple[Section, ...]
    explanations: tuple[MetricColumn, ...]
    explorer: Explorer


def build(run: Run, resolution: Resolution, explorer: Explorer) -> Page:
    """Read a run and build its page around its explorer.

    Raises
    ------
    RunError
        If a file of the run is damaged.
    """
    data = read_run(run, resolution)
    sections = (
        *(_study_sections(data, explorer) if data.is_study else ()),
        *findings_sections(data, explorer),
        *((next_steps_section(data),) if data.is_study else ()),
        reproduction_section(data),
        contents_section(data),
    )
    return Page(
        run=data,
        verdict=verdict(data),
        hero=hero(data),
        facts=facts(data),
        # Last, as reading the arrays may have found problems.
        alerts=alerts(data),
        sections=tuple(section for section in sections if section is not None),
        explanations=explanations(data),
        explorer=explorer,
    )


def _study_sections(run: RunData, explorer: Explorer) -> tuple[Section | None, ...]:
    """The sections on models, codes and clusters; what an unfinished study lacks, they name."""
    return (
        comparison_section(run),
        classes_section(run),
        training_section(run),
        examples_section(run),
        table_columns_section(run),
        baselines_section(run),
        clusters_section(run),
        profiles_section(run),
        cluster_labels_section(run),
        maps_section(run, explorer),
        codes_section(run),
        walks_section(run),
        filters_section(run),
        anomalies_section(run, explorer),
        similar_section(run),
        generated_section(run),
    )


def render(page: Page) -> str:
    """Return the page as HTML."""
    return filled(
        "report.html",
        page.explorer,
        page.sections,
        page=page,
        name=page.run.data.name or "unnamed data",
        date=str(page.run.info.started or "")[:10],
    )


def filled(template: str, explorer: Explorer, sections: Sequence[Section], **values: object) -> str:
    """Return a template of a whole page as HTML, with our script and style and with an explorer's."""
    script = (_TEMPLATES / "report.js").read_text(encoding="utf-8")
    html: str = (
        _environment()
        .get_template(template)
        .render(
            explorer=explorer,
            sections=sections,
            script=Markup(script),
            style=Markup((_TEMPLATES / "report.css").read_text(encoding="utf-8")),
            script_hash=hash_of(script),
            **values,
        )
    )
    # Half of a surrogate pair, as damaged names have it, cannot be written as UTF-8.
    return html.encode("utf-8", "replace").decode("utf-8")


@cache
def _environment() -> jinja2.Environment:
    """What renders our templates, with escaping on."""
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
    environment.filters["capitalize_first"] = _capitalized
    environment.filters["code"] = _with_code
    # No line ends inside "k-NN".
    environment.filters["unbroken"] = lambda text: text.replace("k-NN", "k\u2011NN")
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


def _capitalized(text: str) -> str:
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
