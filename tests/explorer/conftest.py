"""Small trained runs, and pages that are opened in a real browser."""

import csv
import http.client
import json
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pytest
from PIL import Image
from sklearn.datasets import load_wine

from latens.runs import Run

HOSTILE_NAMES = (
    '<img src=x onerror="document.title=1">',
    "</script><script>document.title='owned'</script>",
    "\u202eright to left \u05e9\u05dc\u05d5\u05dd",
    "x" * 10_000,
    "{{ 7 * 7 }} ${7 * 7} `code`",
    "line\nbreak\x00\x1b[31m",
    "]]> --> <!-- </svg>",
    "日本語 🎈",
    "=HYPERLINK(1)",
    "\uff1dwide() in\u2066voice\u2028gpj\u200b.exe\u200f",
    "",
)


def trained(path: Path, source: str, *, data: dict[str, Any] | None = None, **model: Any) -> Run:
    """A run from end to end, of little data and few epochs."""
    from latens.studies import check_study, run_study

    settings = {
        "name": "autoencoder",
        "latent_dim": 3,
        "network": "mlp",
        "network_parameters": {"hidden": [32]},
        "trainer": {"max_epochs": 4},
    }
    content = {
        "data": {"source": source},
        "models": [settings | model],
        "max_scored": 200,
        "clusters": 4,
    }
    return run_study(check_study(content, "a test"), path)


@pytest.fixture(scope="session")
def digits_run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return trained(tmp_path_factory.mktemp("digits") / "run", "digits")


@pytest.fixture(scope="session")
def table_run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("table")
    wine = load_wine()
    with (folder / "wine.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(wine.feature_names)
        writer.writerows(wine.data)
    return trained(folder / "run", str(folder / "wine.csv"), latent_dim=2)


# Of photos and customers, and the row of the one that is left out.
N, LEFT_OUT = 150, 40


def trained_on(source: Path, **data: object) -> Run:
    model = {"latent_dim": 2, "network": "mlp", "trainer": {"max_epochs": 2}}
    from latens.studies import check_study, run_study

    content = {"data": {"source": str(source), **data}, "models": [model], "clusters": 3}
    return run_study(check_study(content, "a test"), source.with_name("run"))


@pytest.fixture(scope="session")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Images whose grey is their row; one in the middle cannot be read."""
    folder = tmp_path_factory.mktemp("photos") / "photos"
    folder.mkdir()
    for row in range(N):
        pixels = np.full((6, 5), row, np.uint8)
        Image.fromarray(pixels).save(folder / f"IMG {row}.png")
    (folder / f"IMG {LEFT_OUT}.png").write_bytes(b"no image")
    return trained_on(folder)


@pytest.fixture(scope="session")
def customers(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A table with names, of which one row has a gap."""
    path = tmp_path_factory.mktemp("customers") / "customers.csv"
    rng = np.random.default_rng(0)
    table = pandas.DataFrame(rng.normal(size=(N, 3)), columns=["age", "visits", "spent"])
    table.insert(0, "name", [f"=customer {row:04d}" for row in range(N)])
    table.loc[LEFT_OUT, "spent"] = np.nan
    table.to_csv(path, index=False)
    return trained_on(path, missing="drop", id_column="name")


@pytest.fixture
def copy_of(tmp_path: Path) -> Callable[[Run], Run]:
    """Copy a run that a test is going to change."""

    def copied(run: Run) -> Run:
        path = tmp_path / "copy"
        shutil.copytree(run.path, path)
        return Run.open(path)

    return copied


class Server:
    """A server that runs, and its address."""

    def __init__(self, run: Path) -> None:
        command = [sys.executable, "-m", "latens", "explore", str(run), "--no-browser"]
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # A shell that runs the tests in the background has told them to ignore Ctrl-C.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )
        self.address = self.process.stdout.readline().strip()
        found = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/([\w-]{32})/", self.address)
        assert found, self.process.communicate(timeout=5)
        self.port, self.token = int(found[1]), found[2]

    def ask(self, path="", *, method="GET", token=None, body=b"", **headers):
        """A raw request; returns status, headers and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        target = f"/{self.token if token is None else token}/{path}"
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.putrequest(method, target, skip_host="Host" in given)
        for name, value in given.items():
            connection.putheader(name, value)
        if body:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, answer.headers, body

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out, err


@pytest.fixture(scope="session")
def serving() -> type[Server]:
    """What starts a server of a run's explorer, to be stopped by whoever started it."""
    return Server


@pytest.fixture
def hostile_run(digits_run: Run, copy_of: Callable[[Run], Run]) -> Run:
    """A run whose every name is an attack."""
    run = copy_of(digits_run)
    script = "<script>document.title='owned'</script>"
    run.write_info(data=run.read("run")["data"] | {"names": list(HOSTILE_NAMES), "name": script})
    results = run.read("results")
    for row in results["rows"]:
        row["label"] = f"{script} {row['label']} {'y' * 10_000}"
    run.write("results", results)
    n = len(run.array("map_rows"))
    files = [HOSTILE_NAMES[at % len(HOSTILE_NAMES)] + str(at) for at in range(n)]
    columns = {"file": files, HOSTILE_NAMES[0]: list(range(n)), "\ud800 half": [None] * n}
    # Halves of surrogate pairs are legal in JSON and in Python, and nowhere else.
    path = run.path / "items.json"
    path.write_text(json.dumps({"columns": columns}), encoding="utf-8")
    rows = run.identity.rows[run.array("map_rows")].tolist()
    with (run.path / "labels.csv").open("w", newline="", encoding="utf-8") as file:
        # A file with a zero byte is no file of labels.
        names = (name[:200].replace("\0", "") for name in HOSTILE_NAMES)
        labels = zip(rows, names, strict=False)
        csv.writer(file).writerows([("row", "label"), *labels])
    with (run.path / "classes.csv").open("w", newline="", encoding="utf-8") as file:
        classes = [(row, HOSTILE_NAMES[row % 10], 0.5, 0.1, 0) for row in rows]
        heads = ("row", "label", "probability", "margin", "given")
        csv.writer(file).writerows([heads, *classes])
    views = [{"name": name[:100] or "x", "address": "#explorer&map=0"} for name in HOSTILE_NAMES]
    (run.path / "views.json").write_text(json.dumps({"views": views}), encoding="utf-8")
    return run


@dataclass
class Visit:
    """A page that was opened, and everything it did."""

    page: Any
    messages: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def explorer(self, expression: str, argument: Any = None) -> Any:
        """Evaluate JavaScript in which `explorer` is the explorer and `it` the argument."""
        found = "document.getElementById('latens-explorer').explorer"
        return self.page.evaluate(f"(it) => {{ const explorer = {found}; {expression} }}", argument)

    def wait_until(self, condition: str, argument: Any = None) -> None:
        """Wait for a condition; playwright's own way needs `eval`, which the page forbids."""
        for _ in range(200):
            if self.page.evaluate(f"(it) => Boolean({condition})", argument):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"{condition} has not come true")

    def settle(self) -> None:
        """Wait for the frames that have been asked for."""
        self.page.evaluate(
            "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )


_WATCH = """
window.violations = [];
document.addEventListener('securitypolicyviolation', e => window.violations.push(e.violatedDirective));
"""


@pytest.fixture
def visit(browser: Any) -> Iterator[Callable[..., Visit]]:
    """Open an address, and watch what the page says and asks for."""
    contexts = []

    def open_page(address: str, **options: Any) -> Visit:
        options = {"viewport": {"width": 1280, "height": 800}} | options
        context = browser.new_context(**options)
        contexts.append(context)
        visited = Visit(context.new_page())
        visited.page.on("console", lambda message: visited.messages.append(message.text))
        visited.page.on("pageerror", lambda error: visited.messages.append(str(error)))
        visited.page.on("request", lambda request: visited.requests.append(request.url))
        visited.page.add_init_script(_WATCH)
        visited.page.goto(address)
        visited.wait_until("document.getElementById('latens-explorer')?.explorer !== undefined")
        visited.settle()
        return visited

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def page_of_run() -> Callable[[Run], str]:
    """Write the page of a run that nobody changes once for all tests; answer its address."""
    from latens.explorer import write_explorer

    written: dict[Path, Path] = {}

    def page(run: Run) -> str:
        if run.path not in written:
            written[run.path] = write_explorer(run, run.path / "explorer.html")
        return written[run.path].as_uri()

    return page
