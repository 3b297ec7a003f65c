"""The program `latens`: its subcommands, and how every error ends."""

import atexit
import os
import sys
from typing import Annotated, Any

import typer
from typer import Option

from latens import __version__
from latens._signals import told_to_stop
from latens._streams import OutputError, own_streams
from latens.cli import (
    anomalies,
    classify,
    clusters,
    compare,
    data,
    denoise,
    doctor,
    embed,
    explore,
    export,
    generate,
    impute,
    models,
    recommend,
    report,
    run,
    search,
)
from latens.cli.console import say, say_error
from latens.cli.options import in_flags
from latens.cli.time_limits import Clock
from latens.exceptions import LatensError, ParameterError

__all__ = ["app", "main", "program"]

app = typer.Typer(
    name="latens",
    help="Learn compact codes from unlabeled data with autoencoders, and see what the codes are worth.",
    epilog="Start with: latens run fashion-mnist-10k, or latens run FOLDER_OF_IMAGES",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"latens {__version__}\n")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        Option("--version", callback=_print_version, is_eager=True, help="Print the version."),
    ] = False,
    debug: Annotated[
        bool, Option("--debug", help="Show the traceback of an error; allowed anywhere.")
    ] = False,
) -> None:
    """The options of the program itself."""


for command in (
    *(run.run, clusters.clusters, compare.compare, embed.embed, search.search),
    *(anomalies.anomalies, classify.classify, denoise.denoise, generate.generate),
    *(impute.impute, recommend.recommend, report.report, explore.explore, export.export),
    *(models.models, doctor.doctor),
):
    app.command()(command)
app.add_typer(data.app, name="data")


def main() -> None:
    """Run the program: 0 when done, 1 on failure, 2 on wrong usage, 130 when interrupted."""
    Clock.start()
    # Read once by the OpenMP of torch when it is loaded. Threads that wait for each other in a long spin
    # slow a training 70-fold when another program wants a core; this many turns cost nothing measurable.
    os.environ.setdefault("GOMP_SPINCOUNT", "2000")
    arguments = [argument for argument in sys.argv[1:] if argument != "--debug"]
    with own_streams(), told_to_stop(_leave) as told:
        code = _outcome(arguments, debug="--debug" in sys.argv)
    sys.exit(told.code or code)


def program() -> None:
    """Run `main` in a process of its own, which is gone as soon as all is done.

    To take torch and all else apart object by object takes a second, and three on a busy machine.
    """
    ended: list[int] = []
    # What is registered first is called last, when every other exit function has done its work.
    atexit.register(lambda: os._exit(ended[0]) if ended else None)
    try:
        main()
    except SystemExit as end:
        ended.append(int(end.code or 0))
        raise


def _leave() -> None:
    """What there is time for when the program was told to end and something took too long."""
    from latens.runs.lifecycle import leave_runs

    leave_runs()
    say("stopped at once; latens run --resume RUN continues a run")


def _outcome(arguments: list[str], *, debug: bool) -> int:
    """Run the program, say what went wrong, and return the code to exit with."""
    try:
        code = _code(arguments)
        sys.stdout.flush()
    except LatensError as error:
        if debug:
            raise
        if not isinstance(error, OutputError) or not error.is_unread:
            say_error(in_flags(str(error), _command(arguments)))
        return 2 if isinstance(error, ParameterError) else 1
    except Exception as error:
        if debug:
            raise
        first = (str(error).strip().splitlines() or [""])[0]
        say_error(
            f"{type(error).__name__}: {first} This is a fault of latens; --debug shows where."
        )
        return 1
    return code


def _command(arguments: list[str]) -> Any:
    """The subcommand that arguments call."""
    command: Any = typer.main.get_command(app)
    for argument in arguments:
        command = getattr(command, "commands", {}).get(argument, command)
    return command


def _code(arguments: list[str]) -> int:
    try:
        app(args=arguments, prog_name="latens")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0
