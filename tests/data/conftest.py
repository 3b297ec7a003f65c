"""A machine without any data of the user's, real data where they are given, and a server to download from."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

GIVEN_DATA = os.environ.get("LATENS_DATA", "")


@pytest.fixture
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home and a working folder with nothing in them; gives the home."""
    home = tmp_path / "home"
    work = tmp_path / "work"
    home.mkdir()
    work.mkdir()
    for name in ("LATENS_DATA", "XDG_CACHE_HOME", "KERAS_HOME", "TORCH_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(work)
    return home


@pytest.fixture
def real_data() -> Callable[[str], Path]:
    """Look up a folder of the project's own data; the test is skipped where they are not given."""

    def look_up(name: str) -> Path:
        for folder in filter(None, GIVEN_DATA.split(os.pathsep)):
            path = Path(folder).absolute() / name
            if path.exists():
                return path
        pytest.skip(f"LATENS_DATA names no folder with '{name}'")

    return look_up


@pytest.fixture
def save_image() -> Callable[..., Path]:
    """Write an array as an image file, the format told by the ending."""

    def save(path: Path, pixels: np.ndarray, **options: object) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(path, **options)
        return path

    return save


@dataclass
class Site:
    """What a server answers: content by path, and the faults of the next answers.

    A fault is a status code, "corrupt" (one bit turned), "endless" (far too long), "truncate" (half of
    what was promised), "unannounced truncate" (half, and no length promised), "stall" (half, then
    silence) or "drip" (byte by byte).
    """

    address: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    n_requests: int = 0
    closing: threading.Event = field(default_factory=threading.Event)


class SiteHandler(BaseHTTPRequestHandler):
    """Answers as the site of its server says."""

    server: "SiteServer"

    def do_GET(self) -> None:
        site = self.server.site
        site.n_requests += 1
        fault = site.faults.pop(0) if site.faults else ""
        content = site.files.get(self.path.lstrip("/"))
        if content is None or fault.isdecimal():
            self.send_error(int(fault or 404))
            return
        if fault == "corrupt":
            content = content[:-1] + bytes([content[-1] ^ 1])
        if fault == "endless":
            content *= 1000
        self.send_response(200)
        if fault != "unannounced truncate":
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        with suppress(BrokenPipeError, ConnectionResetError):  # a client may give up
            self.send_content(content, fault)

    def send_content(self, content: bytes, fault: str) -> None:
        if fault in ("truncate", "unannounced truncate", "stall"):
            content = content[: len(content) // 2]
        if fault != "drip":
            self.wfile.write(content)
        if fault == "stall":
            self.server.site.closing.wait(10)
        if fault == "drip":
            for byte in content:
                self.wfile.write(bytes([byte]))
                if self.server.site.closing.wait(0.05):
                    return

    def log_message(self, *arguments: object) -> None:
        """Keep quiet."""


class SiteServer(ThreadingHTTPServer):
    """A server on any free port of this machine."""

    daemon_threads = True

    def __init__(self, site: Site) -> None:
        super().__init__(("127.0.0.1", 0), SiteHandler)
        self.site = site
        site.address = f"http://127.0.0.1:{self.server_address[1]}/"


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A real HTTP server on this machine that stalls, breaks off and lies when it is told to."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    site = Site()
    with SiteServer(site) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield site
        site.closing.set()
        server.shutdown()
        thread.join()
