"""`latens doctor`: what this machine offers, and what is missing."""

import os

from latens._optional import extras
from latens.cli.console import print_facts, print_json
from latens.cli.options import Json

__all__ = ["doctor"]


def doctor(
    json: Json = False,
) -> None:
    """Show versions, devices, memory, data folders and optional packages, for a bug report or a start."""
    from latens._devices import resolve_device
    from latens.data import list_named
    from latens.runs import machine, software
    from latens.training.precision import has_bfloat16

    found = ", ".join(known.name for known in list_named() if known.found)
    data = {"LATENS_DATA": os.environ.get("LATENS_DATA", "not set"), "data sets here": found}
    able = has_bfloat16(resolve_device())
    words = "used where a trial says that it gains" if able else "no instructions for it"
    facts = {**software(), **machine(), "bfloat16": words, **data, **extras()}
    if json:
        print_json(facts)
    else:
        print_facts(facts)
