"""What a person selects on a map is found again in the data, by row, by name and by file."""

import csv
import io
import json
from pathlib import Path

import numpy as np
import pandas
import pytest
from PIL import Image

from latens.applications import embed_samples
from latens.applications.own_data import load_own_data
from latens.explorer.exports import export_run
from latens.models import load_model
from latens.runs import Run

pytestmark = pytest.mark.browser

N = 150  # of photos and customers, with the one that is left out


def selection(visited) -> tuple[list[dict], list[dict]]:
    """Every third point that is on the map, as the page saves it as CSV and as JSON."""
    visited.explorer(
        "explorer.select([...Array(explorer.points.n).keys()].filter((i) => i % 3 === 0), 'replace');"
    )
    saved = []
    for name in ("Save as CSV", "Save as JSON"):
        with visited.page.expect_download() as download:
            visited.page.get_by_role("button", name=name).click()
        saved.append(Path(download.value.path()).read_text(encoding="utf-8"))
    lines = list(csv.DictReader(io.StringIO(saved[0], newline="")))
    return lines, json.loads(saved[1])["rows"]


def table_of(run: Run) -> pandas.DataFrame:
    """What `latens embed` writes of the run's own data."""
    model = load_model(run.trained_model()[1])
    centers = run.array("centers_autoencoder")
    return embed_samples(model, load_own_data(run), centers=centers).frame


@pytest.mark.parametrize("host", ["file", "server"])
def test_selected_photos_are_the_files_of_the_folder(photos, host, visit, page_of_run, serving):
    server = serving(photos.path) if host == "server" else None
    try:
        visited = visit(page_of_run(photos) if server is None else server.address)
        lines, records = selection(visited)
        visited.explorer("explorer.open(0, { isNear: false });")
        said = visited.page.locator(".status").inner_text()
    finally:
        if server is not None:
            server.stop()
    folder = Path(photos.study["data"]["source"])
    codes = table_of(photos).set_index("file")
    assert {line["part"] for line in lines} == {"train", "held-out"}
    assert len(lines) == -(-(N - 1) // 3)
    for line, record in zip(lines, records, strict=True):
        assert list(line)[:3] == ["row", "file", "part"]
        assert [str(record[name]) for name in ("row", "file", "part")] == list(line.values())[:3]
        assert line["file"] == f"IMG {line['row']}.png"
        assert np.asarray(Image.open(folder / line["file"])).max() == int(line["row"])
        known = codes.loc[line["file"]]
        assert (known["row"], known["part"]) == (int(line["row"]), line["part"])
        assert known["cluster"] == int(line["cluster, autoencoder"])
        assert float(line["code_0"]) == pytest.approx(known["code_0"], abs=1e-3)
    row = int(photos.identity.rows[photos.array("map_rows")[0]])
    assert said == f"Row {row} (IMG {row}.png, held out)"


def test_selected_customers_are_rows_of_the_table(customers, visit, page_of_run, tmp_path):
    lines, records = selection(visit(page_of_run(customers)))
    source = pandas.read_csv(customers.study["data"]["source"])
    codes = table_of(customers).set_index("row")
    for line, record in zip(lines, records, strict=True):
        assert record["id"] == source["name"][record["row"]]
        # As in every table: a spreadsheet would take it for a formula otherwise.
        assert line["id"] == f"'{record['id']}"
        assert codes.loc[record["row"], "id"] == record["id"]
        assert record["code_0"] == pytest.approx(codes.loc[record["row"], "code_0"], abs=1e-3)
    pytest.importorskip("pyarrow")
    (path,) = export_run(customers, "parquet", tmp_path / "t.parquet")
    exported = pandas.read_parquet(path).set_index("row")
    joined = exported.loc[[record["row"] for record in records]]
    assert joined["id"].tolist() == [record["id"] for record in records]
    assert len(exported) == N - 1
    assert exported["part"].to_dict() == codes["part"].to_dict()
