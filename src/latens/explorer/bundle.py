"""The scripts of the page as one script.

The files in `page/` are ES modules, one idea each. Browsers load modules only over HTTP, and a content
policy names one script by its hash; so the modules that an entry needs are put one behind the other, each
in a function of its own. Only the two forms that the files use are understood: ``import { a, b } from
"./file.js";`` and ``export`` before a function, class or constant.
"""

import json
import re
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Literal

__all__ = ["Host", "script"]

Host = Literal["file", "server", "widget"]

_PAGE = Path(__file__).parent / "page"
# The one module that is no file: the style sheet, which the explorer puts on its shadow root.
_STYLE = PurePosixPath("style.js")
_IMPORT = re.compile(r'^import \{([^}]*)\} from "([^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export ((?:async )?(?:function\*?|class|const) (\w+))", re.MULTILINE)


@cache
def script(host: Host) -> str:
    """Return the script of one host, with everything that it imports.

    Parameters
    ----------
    host : {"file", "server", "widget"}
        A widget is an ES module with a default export, as anywidget wants it; the others run at once.
    """
    order: list[PurePosixPath] = []
    _visit(PurePosixPath(f"hosts/{host}.js"), order)
    modules = "\n".join(_module(path, order) for path in order)
    if host == "widget":
        return f"{modules}\nexport default {_variable(len(order) - 1)};\n"
    return f'"use strict";\n(() => {{\n{modules}\n}})();\n'


@cache
def _source(path: PurePosixPath) -> str:
    if path == _STYLE:
        style = (_PAGE / "explorer.css").read_text(encoding="utf-8")
        return f"export const STYLE = {json.dumps(style)};\n"
    return (_PAGE / path).read_text(encoding="utf-8")


def _visit(path: PurePosixPath, order: list[PurePosixPath]) -> None:
    """Put a module behind all that it imports."""
    for _, other in _IMPORT.findall(_source(path)):
        imported = _resolved(path, other)
        if imported not in order:
            _visit(imported, order)
    order.append(path)


def _resolved(path: PurePosixPath, other: str) -> PurePosixPath:
    parts: list[str] = []
    for part in (path.parent / other).parts:
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return PurePosixPath(*parts)


def _variable(place: int) -> str:
    return f"module{place}"


def _module(path: PurePosixPath, order: list[PurePosixPath]) -> str:
    """A module as a function that is called at once and returns what it exports."""

    def imported(match: re.Match[str]) -> str:
        names = " ".join(match[1].split())
        return f"const {{ {names} }} = {_variable(order.index(_resolved(path, match[2])))};\n"

    source = _IMPORT.sub(imported, _source(path))
    names = ", ".join(name for _, name in _EXPORT.findall(source))
    source = _EXPORT.sub(r"\1", source)
    return (
        f"const {_variable(order.index(path))} = (() => {{\n{source}return {{ {names} }};\n}})();"
    )
