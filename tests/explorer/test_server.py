"""The server as a real process: what it answers, whom it refuses, and how it ends."""

import io
import json
import shutil
import sys

import numpy as np
import pytest
from PIL import Image

from latens.cli import main
from latens.exceptions import ParameterError
from latens.explorer.server import AccessPolicy, serve
from latens.runs import Run


@pytest.fixture(scope="module")
def writable(digits_run, serving, tmp_path_factory):
    """A server of a run that is written, and the run."""
    path = tmp_path_factory.mktemp("writable") / "run"
    shutil.copytree(digits_run.path, path)
    started = serving(path)
    yield started, Run.open(path)
    started.process.kill()
    started.process.communicate()


@pytest.fixture
def server(writable):
    return writable[0]


def test_page_script_and_data_are_there(server):
    for path, kind in [
        ("", "text/html"),
        ("explorer.js", "text/javascript"),
        ("data", "application/octet-stream"),
    ]:
        status, headers, body = server.ask(path)
        assert status == 200
        assert headers["Content-Type"].startswith(kind)
        assert len(body) > 100


def test_every_answer_carries_the_policy(server):
    for path in ("", "data", "nothing", "images/999999"):
        _, headers, _ = server.ask(path)
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "Access-Control-Allow-Origin" not in headers
        assert headers.get("Server") is None


def test_pictures_come_by_number_in_full_size(server, digits_run):
    images = digits_run.array("map_images")
    for point in (0, 5, len(images) - 1):
        status, _, body = server.ask(f"images/{point}")
        assert status == 200
        np.testing.assert_array_equal(
            np.asarray(Image.open(io.BytesIO(body)))[..., 0], images[point]
        )


@pytest.mark.parametrize(
    "path",
    [
        "images/100000",
        "images/-1",
        "images/1.5",
        "images/../run.json",
        "..%2frun.json",
        "run.json",
        "images/%2e%2e/%2e%2e/run.json",
        "images/" + "9" * 100,
        "data/",
        "docs",
        "%00",
    ],
)
def test_nothing_else_is_there(server, path):
    status, _, body = server.ask(path)
    assert status == 404
    assert len(body) < 200


def test_too_long_an_address_is_refused(server):
    assert server.ask("x" * 1_000)[0] == 414


@pytest.mark.parametrize("token", ["", "x" * 32, "..", "%2e", "%C3%A9"])
def test_without_the_token_there_is_nothing(server, token):
    for path in ("", "data", "images/1"):
        status, _, body = server.ask(path, token=token)
        assert status == 404
        assert server.token.encode() not in body


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "", "127.0.0.1.evil.example", "192.168.0.7"]
)
def test_a_name_that_points_here_from_outside_is_refused(server, host):
    assert server.ask(Host=host)[0] == 400


def test_the_names_of_this_machine_are_let_in(server):
    for host in ("localhost", f"127.0.0.1:{server.port}", f"LOCALHOST:{server.port}", "[::1]:80"):
        assert server.ask(Host=host)[0] == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
def test_only_reading_is_allowed(server, method):
    assert server.ask("data", method=method)[0] == 405


LABELS = {"names": ["cat"], "rows": [3], "labels": [0]}


def post(server, path, content=None, **headers):
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    given = {"Content_Type": "application/json"} | headers
    given = {name: value for name, value in given.items() if value is not None}
    status, _, answer = server.ask(path, method="POST", body=body, **given)
    return status, answer.decode()


def content_of(run):
    return {path: path.read_bytes() for path in run.path.rglob("*") if path.is_file()}


def test_labels_are_written_into_the_run_and_nothing_else_is(writable):
    server, run = writable
    before = content_of(run)
    row = int(run.identity.rows[run.array("map_rows")[0]])
    sent = LABELS | {"rows": [row], "path": "/tmp/owned.csv", "file": "../run.json"}
    status, answer = post(server, "labels", sent)
    assert status == 200
    file = run.path / "labels.csv"
    assert file.read_text().splitlines() == ["row,part,label", f"{row},held-out,cat"]
    assert set(content_of(run)) - set(before) == {file}
    assert {path: text for path, text in content_of(run).items() if path != file} == before
    # Who has not seen the last version does not replace it.
    assert post(server, "labels", LABELS)[0] == 409
    assert file.read_text().splitlines()[1:] == [f"{row},held-out,cat"]
    status, _ = post(server, "labels", sent | {"names": ["=dog"], "version": json.loads(answer)})
    assert status == 200
    assert file.read_text().splitlines()[1:] == [f"{row},held-out,'=dog"]
    kept = json.loads(server.ask("kept")[2])
    assert kept["labels"]["names"] == ["=dog"]
    file.unlink()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"token": "x" * 32}, 404),
        ({"token": ""}, 404),
        ({"Host": "evil.example"}, 400),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Sec_Fetch_Site": "same-site"}, 403),
        ({"Content_Type": "text/plain"}, 403),
        ({"Content_Type": "application/x-www-form-urlencoded"}, 403),
        ({"Content_Type": None}, 403),
    ],
)
def test_nobody_else_writes_labels(writable, headers, status):
    server, run = writable
    before = content_of(run)
    for path in ("labels", "views", "learn"):
        assert post(server, path, LABELS, **headers)[0] == status
    assert content_of(run) == before


@pytest.mark.parametrize(
    ("path", "content", "status"),
    [
        ("labels", b"no JSON", 400),
        ("labels", b"\xff\xfe", 400),
        ("labels", b"[" * 100_000, 400),
        ("labels", [], 409),
        ("labels", {"names": ["cat"], "rows": [1_000_000], "labels": [0]}, 409),
        ("labels", {"names": ["cat"], "rows": [-1], "labels": [0]}, 409),
        ("labels", {"names": ["cat"], "rows": [3], "labels": [1]}, 409),
        ("labels", {"names": ["cat"], "rows": [3, 3], "labels": [0, 0]}, 409),
        ("labels", {"names": ["cat", "cat"], "rows": [], "labels": []}, 409),
        ("labels", {"names": ["-1"], "rows": [], "labels": []}, 409),
        ("labels", {"names": ["x" * 101], "rows": [], "labels": []}, 409),
        ("labels", {"names": ["x"] * 1_001, "rows": [], "labels": []}, 409),
        ("views", {"views": [{"name": "x", "address": "é"}]}, 409),
        ("views", {"views": [{"name": "", "address": "#"}]}, 409),
        ("views", {"views": [{"name": "x", "address": "x" * 20_000}]}, 409),
        ("learn", LABELS | {"model": 0}, 409),
        ("learn", LABELS | {"model": -1}, 409),
        ("learn", LABELS | {"model": "../autoencoder"}, 409),
        ("labels/..", LABELS, 405),
        ("run.json", LABELS, 405),
        ("images/labels", LABELS, 404),
    ],
)
def test_what_no_page_sends_changes_nothing(writable, path, content, status):
    server, run = writable
    before = content_of(run)
    answered, words = post(server, path, content)
    assert answered == status, words
    assert len(words) < 300
    assert "Traceback" not in words
    assert content_of(run) == before


def test_more_than_any_labels_is_not_waited_for(writable):
    server, _ = writable
    assert post(server, "labels", b" " * (2**24 + 1))[0] == 409


def test_what_is_written_to_is_not_read(writable):
    for path in ("labels", "views", "learn"):
        assert writable[0].ask(path)[0] == 405


def test_a_page_of_somebody_else_gets_nothing(server):
    for site in ("cross-site", "same-site"):
        status, _, body = server.ask("data", **{"Sec_Fetch_Site": site})
        assert status == 403
        assert len(body) < 200


def test_an_open_door_admits_addresses_and_no_strange_names():
    door = AccessPolicy("token", is_open=True)
    assert door.admits("192.168.0.7:8000")
    assert door.admits("[fe80::1]:8000")
    assert door.admits("localhost")
    assert not door.admits("evil.example")
    assert not door.admits("")
    assert not AccessPolicy("token").admits("192.168.0.7")


def test_ctrl_c_ends_it_without_a_trace(digits_run, serving):
    started = serving(digits_run.path)
    code, _, err = started.stop()
    assert code == 0
    assert "stopped" in err
    assert "Traceback" not in err


@pytest.fixture
def explore(monkeypatch, capsys):
    """Run `latens explore` in this process; gives exit code, stdout and stderr."""

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["latens", "explore", *map(str, arguments)])
        with pytest.raises(SystemExit) as caught:
            main()
        return caught.value.code or 0, *capsys.readouterr()

    return call


def test_a_folder_that_is_no_run_ends_in_one_line(explore, tmp_path):
    code, out, err = explore(tmp_path, "--no-browser")
    assert code == 1
    assert out == ""
    assert len(err.splitlines()) == 1
    assert "not a run" in err


@pytest.mark.parametrize("host", ["127.0.0.1", "203.0.113.9", "not a host", "::zz"])
def test_a_place_that_cannot_be_listened_on_is_named(server, digits_run, host):
    with pytest.raises(ParameterError, match="cannot listen on") as caught:
        serve(digits_run, pytest.fail, host=host, port=server.port)
    assert "`port`" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_can_be_had_instead(explore, digits_run, tmp_path):
    code, out, err = explore(digits_run.path, "--out", tmp_path / "page.html")
    assert code == 0, err
    assert out.strip() == str(tmp_path / "page.html")
    assert (tmp_path / "page.html").stat().st_size > 100_000


@pytest.mark.browser
def test_the_page_of_the_server_works_and_asks_only_the_server(server, visit):
    visited = visit(server.address)
    visited.explorer("explorer.open(3);")
    visited.page.locator("img.picture").wait_for()
    visited.settle()
    assert visited.messages == []
    assert visited.page.evaluate("window.violations") == []
    asked = {
        url.removeprefix(server.address) for url in visited.requests if not url.startswith("data:")
    }
    assert asked == {"", "explorer.js", "data", "kept", "images/3"}
    width = "return explorer.root.querySelector('img.picture').naturalWidth;"
    visited.wait_until(
        "document.getElementById('latens-explorer').explorer.root.querySelector('img.picture').complete"
    )
    assert visited.explorer(width) == 8
