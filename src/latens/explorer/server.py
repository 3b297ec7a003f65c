"""The explorer on a small server of its own, for runs that are too large for one file.

It answers GET requests for four things under a random token: the page, its script, the data, and one
picture by its number. No path of a request reaches the file system, and nothing is computed but one
picture at a time.
"""

import io
import ipaddress
import secrets
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from latens.exceptions import ParameterError, RunError
from latens.explorer.bundle import script
from latens.explorer.document import PAGE_STYLE, WITHOUT_SCRIPTS, hash_of, title_of
from latens.explorer.exploration import Exploration
from latens.explorer.limits import ON_A_SERVER, Limits
from latens.explorer.packing import pack_exploration
from latens.explorer.reading import read_exploration
from latens.explorer.thumbnails import as_colors
from latens.runs import Run

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["AccessPolicy", "application", "serve"]

_LONGEST_TARGET = 300
_MOST_AT_ONCE = 32
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})

_POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
    f"style-src '{hash_of(PAGE_STYLE)}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass(frozen=True)
class AccessPolicy:
    """Who is let in.

    Attributes
    ----------
    token : str
        The first part of every address.
    is_open : bool
        Whether other machines are meant to come, too: then the server may also be called by an address in
        numbers or the name of this machine. A page of a stranger that lets its own name point here never is.
    """

    token: str
    is_open: bool = False

    def admits(self, host: str) -> bool:
        """Whether a Host header names this server."""
        name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
        name = name.lower()
        if name in _LOOPBACK_NAMES or not self.is_open:
            return name in _LOOPBACK_NAMES
        return name in _names_of_this_machine() or _is_address(name)

    def knows(self, path: str) -> bool:
        """Whether a path begins with the token."""
        given = path.split("/")[1] if path.startswith("/") else ""
        return secrets.compare_digest(given.encode("utf-8"), self.token.encode("ascii"))


@cache
def _names_of_this_machine() -> tuple[str, ...]:
    """Asked once, as the answer may take a name server seconds."""
    return socket.gethostname().lower(), socket.getfqdn().lower()


def serve(
    run: Run,
    on_ready: Callable[[str], None],
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    limits: Limits = ON_A_SERVER,
) -> None:
    """Serve the explorer of a run until Ctrl-C.

    Parameters
    ----------
    run : Run
    on_ready : callable
        Told the address, token included, once the server listens.
    host : str, default="127.0.0.1"
        Where it listens. Only addresses of this machine itself are private.
    port : int in [0, 65535], default=0
        0 takes one that is free.
    limits : Limits, default=ON_A_SERVER

    Raises
    ------
    RunError
        If the run cannot be read or has no maps.
    ParameterError
        If it cannot listen there.
    """
    import uvicorn

    from latens.explorer.connections import Connection

    exploration = read_exploration(run, limits)
    listening = _listen(host, port)
    door = AccessPolicy(secrets.token_urlsafe(24), is_open=not _is_loopback(host))
    app = application(exploration, door, limits)
    config = uvicorn.Config(
        app,
        log_level="error",
        access_log=False,
        server_header=False,
        http=Connection,
        ws="none",
        timeout_graceful_shutdown=1,
        lifespan="off",
    )
    try:
        on_ready(_address(host, listening.getsockname()[1], door))
        uvicorn.Server(config).run(sockets=[listening])
    except KeyboardInterrupt:
        pass  # this is how people end it
    finally:
        listening.close()


def application(
    exploration: Exploration, door: AccessPolicy, limits: Limits = ON_A_SERVER
) -> "ASGIApp":
    """Return the server as an ASGI application.

    Parameters
    ----------
    exploration : Exploration
    door : AccessPolicy
    limits : Limits, default=ON_A_SERVER
    """
    from starlette.responses import HTMLResponse, PlainTextResponse, Response
    from starlette.routing import Route, Router

    data = pack_exploration(exploration, most_pixels=limits.pixels)
    page = _page(exploration)
    code = script("server")

    def show_page(request: "Request") -> "Response":
        return HTMLResponse(page)

    def send_script(request: "Request") -> "Response":
        return Response(code, media_type="text/javascript")

    def send_data(request: "Request") -> "Response":
        return Response(data, media_type="application/octet-stream")

    def send_image(request: "Request") -> "Response":
        point = request.path_params["point"]
        images = exploration.images
        if images is None or point >= len(images):
            return PlainTextResponse("There is no such picture.", status_code=404)
        try:
            return Response(_png(images[point]), media_type="image/png")
        except RunError:
            words = "The pictures have changed. Start the explorer again."
            return PlainTextResponse(words, status_code=404)

    start = f"/{door.token}"
    routes = [
        Route(f"{start}/", show_page),
        Route(f"{start}/explorer.js", send_script),
        Route(f"{start}/data", send_data),
        Route(f"{start}/images/{{point:int}}", send_image),
    ]
    return _guarded(Router(routes, redirect_slashes=False), door)


def _guarded(app: "ASGIApp", door: AccessPolicy) -> "ASGIApp":
    """Let only requests in that come from the page itself or from whoever has its address."""
    from starlette.datastructures import Headers, MutableHeaders
    from starlette.responses import PlainTextResponse

    answering = 0

    async def guarded(scope: "Scope", receive: "Receive", send: "Send") -> None:
        nonlocal answering

        async def send_with_headers(message: "Message") -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        if scope["type"] != "http":
            return
        answer = _refusal(scope["method"], scope["path"], Headers(scope=scope), door)
        if answer is None and answering >= _MOST_AT_ONCE:
            answer = 503, "Too many requests at once. Ask again."
        if answer is not None:
            await PlainTextResponse(answer[1], answer[0])(scope, receive, send_with_headers)
            return
        answering += 1
        try:
            await app(scope, receive, send_with_headers)
        finally:
            answering -= 1

    return guarded


def _refusal(
    method: str, path: str, headers: Mapping[str, str], door: AccessPolicy
) -> tuple[int, str] | None:
    """Why a request is refused, or None."""
    if not door.admits(headers.get("host", "")):
        return 400, "This server does not go by that name."
    if method not in ("GET", "HEAD"):
        return 405, "This server only shows things."
    if len(path) > _LONGEST_TARGET:
        return 414, "There is nothing with so long an address."
    if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        return 403, "This server does not answer other pages."
    if not door.knows(path):
        return 404, "There is nothing here. The address that was printed has a token in it."
    return None


def _page(exploration: Exploration) -> str:
    images = "" if exploration.images is None else " data-images"
    return _PAGE.format(
        title=title_of(exploration),
        style=PAGE_STYLE,
        images=images,
        without_scripts=WITHOUT_SCRIPTS,
    )


def _png(image: np.ndarray) -> bytes:
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(as_colors(image)).save(buffer, "PNG")
    return buffer.getvalue()


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ParameterError(
            f"The explorer cannot listen on {host}, port {port}: {reason}. Choose another `port` or "
            "`host`; `port=0` takes any that is free."
        ) from error


def _address(host: str, port: int, door: AccessPolicy) -> str:
    named = socket.gethostname() if host in ("0.0.0.0", "::", "") else host
    named = f"[{named}]" if ":" in named else named
    return f"http://{named}:{port}/{door.token}/"


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    return _is_address(host) and ipaddress.ip_address(host.strip("[]")).is_loopback


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
<div id="latens-explorer"{images}>{without_scripts}</div>
</main>
<script src="explorer.js"></script>
</body>
</html>
"""
