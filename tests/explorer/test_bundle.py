"""The scripts are whole, and do nothing that the page's policy forbids."""

import re
from pathlib import Path

import pytest

import latens.explorer
from latens.explorer.bundle import script

PAGE = Path(latens.explorer.__file__).parent / "page"
SOURCES = sorted(PAGE.rglob("*.js"))


@pytest.mark.parametrize("host", ["file", "server", "widget"])
def test_no_import_or_export_is_left(host):
    code = script(host)
    assert not re.search(r"^(import|export (?!default module))", code, re.MULTILINE)
    assert "</script" not in code.lower()
    assert "<!--" not in code


def test_every_file_is_part_of_a_script():
    everything = "".join(script(host) for host in ("file", "server", "widget"))
    for source in SOURCES:
        first = source.read_text(encoding="utf-8").splitlines()[0]
        assert first.startswith("// "), f"{source.name} does not say what it is for"
        assert first in everything


def test_text_never_becomes_html_or_code():
    for source in SOURCES:
        words = source.read_text(encoding="utf-8")
        for forbidden in (
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "new Function",
            'setAttribute("style"',
            "DOMParser",
        ):
            assert forbidden not in words, f"{forbidden} in {source.name}"


def test_only_the_server_host_asks_for_anything():
    for source in SOURCES:
        words = source.read_text(encoding="utf-8")
        # What drawings are called looks like an address, and is none.
        words = words.replace('"http://www.w3.org/2000/svg"', "")
        asks = re.search(r"\bfetch\(|XMLHttpRequest|WebSocket|EventSource|https?://", words)
        assert not asks or source.name == "server.js", source.name
