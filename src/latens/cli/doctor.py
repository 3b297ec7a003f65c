"""`latens doctor`: what this machine offers, and what is missing."""

import os
from importlib.util import find_spec

from latens.cli.console import print_facts, print_json
from latens.cli.options import Json

__all__ = ["doctor"]

_EXTRAS = {
    "parquet": "pyarrow",
    "umap": "umap",
    "notebook": "anywidget",
    "anndata": "anndata",
    "ann": "voyager",
}


def doctor(
    json: Json = False,
) -> None:
    """Show versions, devices, memory, data folders and optional packages, for a bug report or a start."""
    facts = {**_software(), **_machine(), **_data(), **_extras()}
    if json:
        print_json(facts)
    else:
        print_facts(facts)


def _software() -> dict[str, str]:
    from latens.runs import software

    return software()


def _machine() -> dict[str, str]:
    import shutil

    import torch

    from latens._devices import resolve_device
    from latens.training.precision import has_bfloat16

    facts = {"device": str(resolve_device("auto"))}
    if torch.cuda.is_available():
        facts["GPU"] = torch.cuda.get_device_name()
    else:
        facts["GPU"] = "none that this torch can use; everything works on the CPU"
    able = has_bfloat16(resolve_device("auto"))
    facts["bfloat16"] = (
        "used where a trial says that it gains" if able else "no instructions for it"
    )
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
        facts["memory"] = f"{memory:.1f} GiB"
    facts["free disk here"] = f"{shutil.disk_usage('.').free / 2**30:.1f} GiB"
    return facts


def _data() -> dict[str, str]:
    from latens.data import list_named

    found = [known.name for known in list_named() if known.found]
    folders = os.environ.get("LATENS_DATA", "not set")
    return {"LATENS_DATA": folders, "data sets here": ", ".join(found)}


def _extras() -> dict[str, str]:
    facts = {}
    for extra, module in _EXTRAS.items():
        here = find_spec(module) is not None
        facts[f"extra: {extra}"] = "installed" if here else f"pip install 'latens[{extra}]'"
    return facts
