"""`latens explore`: walk through the codes of a run in the browser."""

import gc
import sys
from pathlib import Path
from typing import Annotated

from typer import BadParameter, Option

from latens._writing import check_free
from latens.cli import options
from latens.cli.console import print_path, say

__all__ = ["explore"]


def explore(
    run: options.Run,
    out: Annotated[
        Path | None,
        Option(help="Write one HTML file that works anywhere, and serve nothing."),
    ] = None,
    host: Annotated[
        str, Option(help="Where to listen; 0.0.0.0 lets other machines in.")
    ] = "127.0.0.1",
    port: Annotated[int, Option(min=0, max=65535, help="The port; 0 takes any that is free.")] = 0,
    no_browser: Annotated[bool, Option("--no-browser", help="Only print the address.")] = False,
    overwrite: options.Overwrite = False,
) -> None:
    """Show a map of the samples, and decode whatever lies between them.

    The server answers this machine only, and only who has the address with its token. Nothing leaves the
    machine, unless --host opens it to others. What you name there is kept in labels.csv of the run, and views
    in views.json.
    """
    if out is None and overwrite:
        raise BadParameter("--overwrite is for the file that --out names.")
    if out is not None:
        check_free(out, overwrite=overwrite)
    from latens.explorer import serve, write_explorer
    from latens.runs import Run

    opened = Run.open(run)
    say("reading the run ...")
    if out is not None:
        print_path(write_explorer(opened, out))
        return
    serve(opened, lambda address: _announce(address, host, no_browser), host=host, port=port)
    say("\nstopped")
    # Before it ends, Python would look through everything that torch has made, for a second.
    gc.freeze()


def _announce(address: str, host: str, no_browser: bool) -> None:
    """Tell people where to look, and take them there."""
    sys.stdout.write(f"{address}\n")
    sys.stdout.flush()
    if host not in ("127.0.0.1", "localhost", "::1"):
        say("Everybody who reaches this machine and has this address can see and name the samples.")
    say("press Ctrl-C to stop")
    if not no_browser:
        import threading
        import webbrowser

        # In a thread, as some browsers keep whoever starts them waiting, and the server is not up yet.
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
