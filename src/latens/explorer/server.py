"""The explorer on a small server of its own, for runs that are too large for one file.

It answers GET requests for five things under a random token: the page, its script, the data, what people
keep in the run, and one picture by its number. POST requests of its own page write labels and views into
the run, whole or not at all, or learn from labels. No path of a request reaches the file system.
"""

import asyncio
import io
import ipaddress
import json
import secrets
import socket
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from latens._text import one_line
from latens.exceptions import DataError, LatensError, ParameterError, RunError
from latens.explorer.bundle import script
from latens.explorer.document import PAGE_STYLE, WITHOUT_SCRIPTS, hash_of, title_of
from latens.explorer.exploration import Exploration
from latens.explorer.keeping import Keeping, SentLabels
from latens.explorer.limits import ON_A_SERVER, Limits
from latens.explorer.packing import pack_exploration
from latens.explorer.predictions import Learner
from latens.explorer.reading import read_exploration
from latens.explorer.thumbnails import as_colors
from latens.runs import Run

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["AccessPolicy", "application", "serve"]

_LONGEST_TARGET = 300
# Labels of as many samples as a server shows; a page of this machine sends them in much less than a second.
_MOST_SENT, _SECONDS_TO_SEND = 2**24, 5.0
# What POST requests may be sent to.
_WRITTEN = ("labels", "views", "learn")
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
    codes = exploration.codes[0].values if exploration.codes else None
    app = application(exploration, door, limits, Keeping(run, exploration.rows, codes))
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
    exploration: Exploration,
    door: AccessPolicy,
    limits: Limits = ON_A_SERVER,
    keeping: Keeping | None = None,
) -> "ASGIApp":
    """Return the server as an ASGI application.

    Parameters
    ----------
    exploration : Exploration
    door : AccessPolicy
    limits : Limits, default=ON_A_SERVER
    keeping : Keeping or None, default=None
        Where labels and views are kept. None: nowhere.
    """
    from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
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

    def send_kept(request: "Request") -> "Response":
        return JSONResponse(None if keeping is None else keeping.read())

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
        Route(f"{start}/kept", send_kept),
        Route(f"{start}/images/{{point:int}}", send_image),
    ]
    if keeping is not None:
        answers: tuple[Callable[[Any], Any], ...] = (
            keeping.write_labels,
            keeping.write_views,
            _Lesson(exploration),
        )
        for name, answer in zip(_WRITTEN, answers, strict=True):
            routes.append(Route(f"{start}/{name}", _answering(answer), methods=["POST"]))
    return _guarded(Router(routes, redirect_slashes=False), door)


def _answering(answer: Callable[[Any], Any]) -> "Callable[[Request], Awaitable[Response]]":
    """What answers a request by what it has sent, in a thread: a sentence of ours where that is refused."""
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import JSONResponse, PlainTextResponse

    async def answered(request: "Request") -> "Response":
        try:
            sent = json.loads(await asyncio.wait_for(_body(request), _SECONDS_TO_SEND))
            return JSONResponse(await run_in_threadpool(answer, sent))
        except TimeoutError:
            closing = {"Connection": "close"}
            return PlainTextResponse("The request has not come in time.", 408, headers=closing)
        except LatensError as error:
            return PlainTextResponse(one_line(error), status_code=409)
        except (ValueError, RecursionError):
            return PlainTextResponse("This is not what a page sends.", status_code=400)

    return answered


async def _body(request: "Request") -> bytes:
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > _MOST_SENT:
            raise DataError("More labels were sent than a run may have.")
    return bytes(content)


class _Lesson:
    """Learns from labels that a page sends, on the codes of the model that it names by number."""

    def __init__(self, exploration: Exploration) -> None:
        self._exploration = exploration
        self._learners: dict[int, Learner] = {}
        self._points = {row: point for point, row in enumerate(exploration.rows.tolist())}

    def __call__(self, sent: Any) -> dict[str, Any]:
        model = sent.get("model") if isinstance(sent, dict) else None
        if not isinstance(model, int) or not 0 <= model < len(self._exploration.codes):
            raise DataError("This run has no codes to learn on.")
        labels = SentLabels.of(sent)
        y = np.full(len(self._exploration.rows), -1)
        for row, label in zip(labels.rows, labels.labels, strict=True):
            if row in self._points:
                y[self._points[row]] = label
        learner = self._learner(model)
        if sent.get("first") is True:
            return {"next": learner.first(y >= 0)}
        return learner.learn(y, labels.names)

    def _learner(self, model: int) -> Learner:
        if model not in self._learners:
            codes = self._exploration.codes[model]
            self._learners[model] = Learner(codes.values, codes.name)
        return self._learners[model]


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
    is_sent = method == "POST" and path.rpartition("/")[2] in _WRITTEN
    if method not in ("GET", "HEAD") and not is_sent:
        return 405, "This server only shows things."
    if len(path) > _LONGEST_TARGET:
        return 414, "There is nothing with so long an address."
    if is_sent and not _is_of_own_page(headers):
        return 403, "This server takes labels and views from its own page alone."
    if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        return 403, "This server does not answer other pages."
    if not door.knows(path):
        return 404, "There is nothing here. The address that was printed has a token in it."
    return None


def _is_of_own_page(headers: Mapping[str, str]) -> bool:
    """Whether a request that writes comes from our page; a form of another one can send no JSON."""
    origin = headers.get("origin", f"http://{headers.get('host')}")
    is_json = (
        headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json"
    )
    return origin == f"http://{headers.get('host')}" and is_json


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
