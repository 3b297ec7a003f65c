"""`latens run`: train, compare with raw values and PCA, cluster, write a run and its report."""

import re
import shlex
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

import typer

from latens._durations import format_duration, parse_duration
from latens.cli.console import print_json, print_lines, print_table, say, say_step
from latens.cli.options import (
    As,
    Columns,
    Decimal,
    Device,
    Encoding,
    Epochs,
    HeaderLine,
    IdColumn,
    Json,
    Keep,
    LabelColumn,
    LatentDim,
    Missing,
    NetworkName,
    Overwrite,
    Preset,
    Strict,
    TimeLimit,
    Without,
    given,
    table_flags,
)
from latens.cli.saving import next_folder
from latens.cli.time_limits import Clock
from latens.exceptions import ParameterError, UntrustedError

if TYPE_CHECKING:
    from latens.runs import Run
    from latens.studies import Announcement, Budget, Reporter, Study
    from latens.studies.preparation import Prepared

__all__ = ["run"]

Option = typer.Option

_REPORT = "report.html"


def run(
    context: typer.Context,
    data: Annotated[
        str | None,
        typer.Argument(
            metavar="DATA|STUDY.toml",
            help="A named set, a folder of images, a .npy, .npz, .csv, .parquet or IDX file, or a study.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[Path | None, Option(help="The run folder. [default: runs/NAME-NUMBER]")] = None,
    latent_dim: LatentDim = None,
    model: Annotated[str | None, Option(help="A kind that `latens models` lists.")] = None,
    network: NetworkName = None,
    clusters: Annotated[
        int | None,
        Option(
            min=2, help="How many clusters. [default: a clear number, else that of the classes]"
        ),
    ] = None,
    epochs: Epochs = None,
    time_limit: TimeLimit = None,
    preset: Preset = None,
    label_column: LabelColumn = None,
    id_column: IdColumn = None,
    without: Without = None,
    keep: Keep = None,
    missing: Missing = None,
    column: Columns = None,
    header: HeaderLine = None,
    decimal: Decimal = None,
    encoding: Encoding = None,
    image_size: Annotated[
        int | None, Option(min=2, help="Resize images to this many pixels.")
    ] = None,
    layout: As = None,
    strict: Strict = False,
    seed: Annotated[int | None, Option(min=0, help="The first seed. [default: 0]")] = None,
    seeds: Annotated[
        int | None, Option(min=1, help="Repeat with this many seeds. [default: 1]")
    ] = None,
    scale: Annotated[
        Literal["small", "full"] | None,
        Option(help="For study files: small is a minute or two on data inside the package."),
    ] = None,
    device: Device = "auto",
    resume: Annotated[
        Path | None,
        Option(metavar="RUN", help="Continue the run in this folder.", show_default=False),
    ] = None,
    finish: Annotated[
        bool,
        Option("--finish", help="With --resume: make in full what was made in a cheaper form."),
    ] = False,
    dry_run: Annotated[
        bool,
        Option("--dry-run", help="Say what would happen and how long it takes; write nothing."),
    ] = False,
    overwrite: Overwrite = False,
    trust: Annotated[
        bool,
        Option(
            "--trust", help="Run the code that a study file or a resumed run names as module:Class."
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Train an autoencoder, compare its codes with raw values and PCA, cluster, write a report.

    Everything stays on this machine. The report is one file and holds images of your data.
    """
    asked = _Flags.by(context)
    if overwrite and out is None:
        raise typer.BadParameter("--overwrite is for the run that --out names.")
    if (data is None) == (resume is None):
        raise typer.BadParameter("Give DATA for a new run, or --resume RUN to continue one.")
    if finish and resume is None:
        raise typer.BadParameter("--finish is for the run that --resume names.")
    if data is not None:
        done = _new_run(data, asked, out, device, trust=trust, overwrite=overwrite, dry_run=dry_run)
    else:
        if asked != _Flags() or out is not None or dry_run:
            raise typer.BadParameter("A run is resumed with the settings it was started with.")
        from latens.studies import resume_study

        assert resume is not None
        with _told_how_to_trust():
            done = resume_study(resume, reporter=_host(device), trust=trust, finish=finish)
    _tell(done, as_json=json)


def _new_run(
    data: str,
    asked: "_Flags",
    out: Path | None,
    device: str,
    *,
    trust: bool,
    overwrite: bool,
    dry_run: bool,
) -> "Run":
    """Read the data, which may be refused, before what takes seconds to load is loaded; then train."""
    study = _study(data, asked, trust=trust)
    limit = None if asked.time_limit is None else parse_duration(asked.time_limit)
    from latens.studies.preparation import prepare

    prepared = prepare(study)
    from latens.studies import run_study

    name = Path(data).name.split(".")[0] or "run"
    return run_study(
        study,
        out or next_folder(name),
        overwrite=overwrite,
        reporter=_host(device, dry_run=dry_run),
        data=prepared,
        budget=_budget(data, asked, limit, prepared),
    )


def _budget(
    data: str, asked: "_Flags", limit: float | None, prepared: "Prepared"
) -> "Budget | None":
    """The time of the run: what was asked for, else a sensible one, unless the training was chosen."""
    from latens.studies.budget import Budget, aim

    if limit is not None:
        return Budget(limit, Clock.started)
    if asked.trainer or data.endswith(".toml"):
        return None
    values = (len(prepared.train) + len(prepared.test)) * prod(prepared.train.X.shape[1:])
    return Budget(aim(values), Clock.started, is_limit=False)


@dataclass(frozen=True)
class _Flags:
    """The flags that were given, by the part of a study they belong to."""

    data: dict[str, Any] = field(default_factory=dict)
    model: dict[str, Any] = field(default_factory=dict)
    trainer: dict[str, Any] = field(default_factory=dict)
    study: dict[str, Any] = field(default_factory=dict)
    scale: dict[str, Any] = field(default_factory=dict)
    time_limit: str | None = None

    @classmethod
    def by(cls, context: typer.Context) -> Self:
        """Take the flags of a command apart."""
        strict = {"strict": True} if context.params["strict"] else {}
        return cls(
            data=given(context, "image_size", "layout") | strict | table_flags(context),
            model=given(context, latent_dim="latent_dim", kind="model", network="network"),
            trainer=given(context, "preset", max_epochs="epochs"),
            study=given(context, "clusters", "seed", "seeds"),
            scale=given(context, "scale"),
            time_limit=context.params["time_limit"],
        )


@contextmanager
def _told_how_to_trust() -> Iterator[None]:
    """Print the line to type where a file needs trust."""
    try:
        yield
    except UntrustedError as error:
        line = shlex.join(["latens", *sys.argv[1:], "--trust"])
        raise ParameterError(f"{error.reason} If you trust it, type: {line}") from error


def _study(data: str, asked: _Flags, *, trust: bool) -> "Study":
    """The study file, or a study made from the flags."""
    from latens.studies.settings import at_small_scale, check_study, read_study

    if data.endswith(".toml"):
        if asked.data or asked.model or asked.trainer:
            raise typer.BadParameter(
                "A study file names its models and data itself; change it there."
            )
        with _told_how_to_trust():
            study = read_study(data, trust=trust, **asked.study)
        return at_small_scale(study, data) if asked.scale.get("scale") == "small" else study
    if asked.scale:
        raise typer.BadParameter("Only a study file has a scale.", param_hint="--scale")
    # BetaVAE is called beta-vae in tables and files.
    kind = asked.model.get("kind", "Autoencoder").rpartition(":")[2]
    name = re.sub("(?<=[a-z])(?=[A-Z])", "-", kind).lower()
    models = [{"name": name, **asked.model, "trainer": asked.trainer}]
    content = {"data": {"source": data, **asked.data}, "models": models, **asked.study}
    # What was typed here is the user's own wish.
    return check_study(content, "The command", trust=True)


def _host(device: str, *, dry_run: bool = False) -> "Reporter":
    """How the study speaks to the terminal."""
    from latens._devices import resolve_device
    from latens.cli.interrupts import terminal_callbacks
    from latens.studies import Reporter

    resolve_device(device)
    steps = _Steps(dry_run=dry_run)
    return Reporter(
        announce=steps.announce,
        say=steps.say,
        callbacks=terminal_callbacks,
        finish=_finish,
        is_finished=_is_finished,
        command=shlex.join(["latens", *sys.argv[1:]]),
        device=device,
    )


class _Steps:
    """What is said of a run, step by step, with the time left where the whole was estimated."""

    def __init__(self, *, dry_run: bool = False) -> None:
        self.dry_run = dry_run
        self.end: float | None = None

    def announce(self, announcement: "Announcement") -> None:
        for line in announcement.lines():
            say(line)
        if self.dry_run:
            say("nothing was written, as --dry-run asks")
            raise typer.Exit
        left = announcement.seconds_left
        self.end = None if left is None else time.monotonic() + left

    def say(self, words: str) -> None:
        left = 0.0 if self.end is None else self.end - time.monotonic()
        if words.endswith(".") or left < 1:
            say_step(words)
        else:
            say(f"{words} ... (about {format_duration(left)} left)")


def _finish(run: "Run") -> None:
    """Write the report."""
    from latens.reports import write_report

    say("writing the report ...")
    write_report(run)


def _is_finished(run: "Run") -> bool:
    return run.has("report") and (run.path / _REPORT).is_file()


def _tell(run: "Run", *, as_json: bool) -> None:
    """Print the outcome."""
    report = run.path / _REPORT
    info = run.info
    if as_json:
        where = {"run": str(run.path), "report": str(report)}
        print_json({**where, **info.model_dump(), "results": run.read("results")})
    else:
        if info.status == "complete":
            _print_results(run, report)
    if info.status == "interrupted":
        say(f"interrupted; continue with: {_line_to_resume(run)}")
        raise typer.Exit(130)


def _line_to_resume(run: "Run") -> str:
    from latens.studies.preparation import recorded_study

    trust = ["--trust"] if recorded_study(run).foreign_names else []
    return shlex.join(["latens", "run", "--resume", str(run.path), *trust])


def _print_results(run: "Run", report: Path) -> None:
    from latens.runs import next_steps
    from latens.studies.summary import comparison_table, comparison_title, outcome

    results = run.results
    print_table(comparison_title(results, own_parts=run.data.own_parts), *comparison_table(results))
    print_lines(*outcome(run))
    print_lines(f"run     {run.path}", f"report  {report}")
    rows = run.identity.rows
    steps = next_steps(run.info, str(run.path), 0 if rows is None else int(rows[0]))
    width = max(len(command) for command, _ in steps)
    print_lines("next", *(f"  {command:<{width}}  # {purpose}" for command, purpose in steps))
