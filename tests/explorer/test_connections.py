"""The server under siege: half-sent, broken and endless requests to a real process."""

import os
import shutil
import signal
import socket
import time

import pytest

HOST = b"Host: localhost\r\n"
# Longer than a connection may wait, and than a test may take to notice.
SECONDS = 8


@pytest.fixture(scope="module")
def served(digits_run, tmp_path_factory):
    """A run of its own, as its pictures are going to shrink, and the server of it."""
    return tmp_path_factory.mktemp("siege") / "run"


@pytest.fixture(scope="module")
def server(digits_run, serving, served):
    shutil.copytree(digits_run.path, served)
    started = serving(served)
    yield started
    started.process.kill()
    started.process.communicate()


def opened(server, content=b""):
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=SECONDS)
    connection.sendall(content)
    return connection


def answer(server, content):
    """The first part of what comes back; nothing, if the connection is closed."""
    with opened(server, content) as connection:
        try:
            return connection.recv(1_000)
        except ConnectionError:
            return b""


def works(server):
    return server.ask("images/3")[0] == 200


def request(server, *headers, path="", method="GET", body=b""):
    target = f"/{server.token}/{path}".encode()
    lines = [method.encode() + b" " + target + b" HTTP/1.1", b"Host: localhost", *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


@pytest.mark.parametrize("start", [b"", b"G", b"GET / HTTP/1.1\r\nHost: local"])
def test_requests_that_are_half_sent_keep_nobody_out(server, start):
    half = [opened(server, start) for _ in range(200)]
    assert works(server)
    for connection in half:
        connection.close()


BROKEN = {
    "bytes": b"\x00\xff\xfe\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"a" * 500,
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(20),
    "method": b"G{T / HTTP/1.1\r\n" + HOST + b"\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\n" + HOST + HOST + b"\r\n",
    "odd host": b"GET / HTTP/1.1\r\nHost: \xff[::1::]:9999999999\r\n\r\n",
    "header": b"GET / HTTP/1.1\r\n" + HOST + b"X y: z\r\n\r\n",
    "long header": b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 200_000,
    "NUL": b"GET /\0 HTTP/1.1\r\n" + HOST + b"\r\n",
    "length": b"GET / HTTP/1.1\r\n" + HOST + b"Content-Length: -5\r\n\r\n",
    "old": b"GET /\r\n\r\n",
}
ODD = {
    "escaped NUL": (b"GET /%00 HTTP/1.1\r\n" + HOST + b"\r\n", b" 404 "),
    "no UTF-8": (b"GET /%ED%A0%80/ HTTP/1.1\r\n" + HOST + b"\r\n", b" 404 "),
    "whole address": (b"GET http://localhost/ HTTP/1.1\r\n" + HOST + b"\r\n", b" 404 "),
    "long address": (b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", b" 414 "),
    "star": (b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n", b" 405 "),
    "tunnel": (b"CONNECT localhost:80 HTTP/1.1\r\n" + HOST + b"\r\n", b" 405 "),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_request_is_refused(server, name):
    answered = answer(server, BROKEN[name])
    assert answered == b"" or answered.startswith(b"HTTP/1.1 400 ")
    assert works(server)


@pytest.mark.parametrize("name", ODD)
def test_what_is_an_odd_request_is_answered(server, name):
    content, status = ODD[name]
    assert status in answer(server, content).partition(b"\r\n")[0]


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ((b"Connection: Upgrade", b"Upgrade: websocket", b"Sec-WebSocket-Version: 13"), b""),
        ((b"Connection: Upgrade", b"Upgrade: h2c"), b""),
        ((b"Range: bytes=0-10,5-99999999999999999",), b""),
        ((b"Expect: 100-continue", b"Content-Length: 10"), b""),
        ((b"Content-Length: 99999999999999",), b"abc"),
    ],
)
def test_what_the_server_has_no_use_for_changes_nothing(server, headers, body):
    content = request(server, *headers, body=body)
    assert answer(server, content).startswith(b"HTTP/1.1 200 ")


def test_a_body_that_breaks_ends_its_connection_alone(server):
    chunked = request(server, b"Transfer-Encoding: chunked", body=b"ZZ\r\nno chunk")
    assert answer(server, chunked) == b""
    assert works(server)


def test_requests_may_follow_each_other_at_once(server):
    content = request(server, path="images/1") * 3
    with opened(server, content + request(server, b"Connection: close")) as connection:
        received = b"".join(iter(lambda: connection.recv(2**16), b""))
    assert received.count(b"HTTP/1.1 200 ") == 4
    received = answer(server, request(server, path="images/1") + b"\0 no request\r\n\r\n")
    assert received.startswith(b"HTTP/1.1 200 ")
    assert works(server)


def half_of_labels(server):
    headers = (b"Content-Type: application/json", b"Content-Length: 9")
    return request(server, *headers, path="labels", method="POST", body=b"{")


def test_who_does_not_finish_a_request_is_let_go_within_seconds(server):
    waiting = {
        "nothing": opened(server),
        "half a head": opened(server, b"GET / HTTP/1.1\r\nX: "),
        "half a body": opened(server, request(server, b"Content-Length: 9", body=b"a")),
        "half of labels": opened(server, half_of_labels(server)),
        "half of a second request": opened(server, request(server) + b"GET /"),
    }
    start = time.monotonic()
    dribbling = opened(server)
    ended = {}
    while time.monotonic() - start < SECONDS and len(ended) <= len(waiting):
        time.sleep(0.1)
        try:
            dribbling.sendall(b"G")
        except OSError:
            ended["a letter at a time"] = time.monotonic() - start
        for name, connection in waiting.items():
            connection.settimeout(0.01)
            try:
                if not connection.recv(2**16):
                    ended.setdefault(name, time.monotonic() - start)
            except TimeoutError:
                pass
            except OSError:
                ended.setdefault(name, time.monotonic() - start)
    for connection in (dribbling, *waiting.values()):
        connection.close()
    assert set(ended) == {*waiting, "a letter at a time"}
    assert min(ended.values()) > 2
    assert works(server)


def test_pictures_that_shrink_are_missing_and_nothing_ends(server, served):
    path = served / "arrays" / "map_images.npy"
    os.truncate(path, path.stat().st_size // 2)
    assert server.ask("images/0")[0] == 200
    assert server.ask("images/1796")[0] == 404
    path.unlink()
    assert server.ask("images/0")[0] == 404
    assert server.ask("data")[0] == 200


def test_ctrl_c_ends_it_within_a_second_whatever_is_open_and_nothing_was_said(server):
    half = [opened(server, request(server, path="data") * (at % 2) + b"GET /") for at in range(60)]
    start = time.monotonic()
    server.process.send_signal(signal.SIGINT)
    said = []
    while "stopped" not in "".join(said):
        said.append(server.process.stderr.readline())
    assert time.monotonic() - start < 1
    assert server.process.wait(timeout=SECONDS) == 0
    said += server.process.stderr.readlines()
    assert [line.strip() for line in said if line.strip()] == [
        "reading the run ...",
        "press Ctrl-C to stop",
        "stopped",
    ]
    for connection in half:
        connection.close()
