"""The sections on how to repeat a run, and on what the page holds."""

from collections.abc import Mapping

from latens.reports.blocks import Block, Cell, Paragraph, ReportTable, Section
from latens.reports.formatting import duration, moment
from latens.reports.run_data import RunData
from latens.runs import next_steps, to_toml

__all__ = ["contents_section", "next_steps_section", "reproduction_section"]

_NOT_RECORDED = "not recorded"
_COPIED = ("Data", "Fingerprint of the data")


def next_steps_section(run: RunData) -> Section:
    """Build the section with commands that are ready to type."""
    known = run.arrays.identity.rows
    steps = next_steps(run.info, row=0 if known is None else int(known[0]))
    rows = tuple(
        (Cell(command, copied=True), Cell(purpose, long=True)) for command, purpose in steps
    )
    lead = "Where a command says RUN, it means the folder that this page lies in."
    data = {"commands": [command for command, _ in steps]}
    return Section("next", "Next steps", lead, (ReportTable("Commands", (), rows),), data=data)


def reproduction_section(run: RunData) -> Section:
    """Build the section with everything that decided the result."""
    info = run.info
    command = str(info.command or _NOT_RECORDED)
    study, software = info.study or {}, info.software or {}
    left_out = run.data.left_out or ()
    facts = {
        "Data": run.data.source or run.data.name,
        "Read as": run.data.read_as,
        "Files that cannot be read": f"{len(left_out):,}, listed in run.json" if left_out else None,
        "Fingerprint of the data": run.data.fingerprint,
        "Seeds": ", ".join(run.seeds),
        "Started": moment(info.started or _NOT_RECORDED),
        "Finished": moment(info.finished or "not yet"),
        "Duration": duration(info.seconds),
        "State": info.status,
    }
    lead = (
        "The same command with the same data repeats this run; on the same kind of machine and with the "
        "same versions it gives the same digits."
    )
    blocks: list[Block] = [Paragraph("Command", listing=command)]
    if study:
        text = "They are in the run folder: `latens run RUN/study.toml` does the same."
        blocks.append(Paragraph("Settings", text, listing=to_toml(study), folded=True))
    blocks += [_table("Run", facts), _table("Software", software)]
    data = {"command": command, "study": study, "software": software}
    return Section("reproduce", "How to reproduce", lead, tuple(blocks), data=data)


def _table(caption: str, facts: Mapping[str, object]) -> ReportTable:
    cells = (
        (Cell(str(key)), Cell(str(value), long=True, copied=key in _COPIED))
        for key, value in facts.items()
        if value
    )
    return ReportTable(caption, (), tuple(cells))


def contents_section(run: RunData) -> Section:
    """Build the section that says what somebody who sends this page gives away."""
    what = "images of the data" if run.is_images else "values of some samples of the data"
    labels = ", the names of its classes" if run.class_names else ""
    columns = ", the names of its columns" if run.data.feature_names else ""
    lead = (
        f"This page holds {what}{labels}{columns}, results and settings. It is one file: it loads nothing "
        "and sends nothing, and nothing leaves the machine unless you send the file to somebody. "
        "report.json beside it has the same facts for programs, without images."
    )
    return Section("contents", "What this file contains", lead)
