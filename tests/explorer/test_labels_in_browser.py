"""Samples that are named on the map: kept, undone, carried back to the data, and learned from."""

import csv
import io
import json
import shutil
import socket
import sys
import threading
from pathlib import Path

import numpy as np
import pandas
import pytest
import uvicorn

from latens.cli import main
from latens.data.label_files import read_label_file
from latens.explorer import write_explorer
from latens.explorer.connections import Connection
from latens.explorer.keeping import Keeping
from latens.explorer.limits import ON_A_SERVER
from latens.explorer.reading import read_exploration
from latens.explorer.server import AccessPolicy, application
from latens.runs import Run

pytestmark = pytest.mark.browser

UNDO, REDO = "Control+z", "Control+Shift+z"


@pytest.fixture
def page(photos, page_of_run, visit):
    """The photos in a file, opened."""
    return visit(page_of_run(photos))


@pytest.fixture(scope="module")
def labeling(photos, tmp_path_factory):
    """The address of a server of a copy of the photos, and the copy."""
    path = tmp_path_factory.mktemp("labeling") / "run"
    shutil.copytree(photos.path, path)
    run = Run.open(path)
    exploration, door = read_exploration(run, ON_A_SERVER), AccessPolicy("t" * 32)
    keeping = Keeping(run, exploration.rows, exploration.codes[0].values)
    app = application(exploration, door, ON_A_SERVER, keeping)
    # A process of its own would load torch once more; test_server.py has one.
    config = uvicorn.Config(app, log_level="error", http=Connection, ws="none", lifespan="off")
    server, listening = uvicorn.Server(config), socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/{door.token}/", run
    server.should_exit = True
    thread.join()


@pytest.fixture
def served(labeling, visit):
    """The page of the server, without any label, and its run."""
    address, run = labeling
    for name in ("labels.csv", "views.json", "classes.csv"):
        (run.path / name).unlink(missing_ok=True)
    return visit(address), run


def rows_of(run, condition):
    """The points of a run whose rows fit."""
    rows = run.identity.rows[run.array("map_rows")]
    return np.flatnonzero(condition(rows)).tolist(), rows


def give(visited, points, name):
    """Select samples and name them, with the keyboard."""
    visited.explorer("explorer.select(it, 'replace'); explorer.focusMap();", points)
    visited.page.keyboard.press("n")
    visited.page.keyboard.type(name)
    visited.page.keyboard.press("Enter")


def labels(visited):
    """The label of each point, "" for none."""
    return visited.explorer(
        """const { names, values } = explorer.store.state.labels;
        return Array.from(values, (label) => names[label] ?? "");"""
    )


def said(visited):
    return visited.page.locator(".status").inner_text()


def until(visited, condition):
    """Wait for something on the disk."""
    for _ in range(100):
        if condition():
            return
        visited.page.wait_for_timeout(30)
    raise AssertionError("nothing was written")


def lines_of(path: Path):
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))


def test_named_photos_are_files_of_the_folder_and_are_learned_from(
    served, labeling, visit, tmp_path, monkeypatch, capsys
):
    visited, run = served
    dark, rows = rows_of(run, lambda rows: (rows < 75) & (rows % 5 == 0))
    light, _ = rows_of(run, lambda rows: (rows >= 60) & (rows % 5 == 0))
    both = sorted({*dark} & {*light})
    give(visited, dark, "dark")
    give(visited, light, "light")
    file = run.path / "labels.csv"
    until(visited, lambda: file.is_file() and len(lines_of(file)) == len({*dark, *light}))
    assert f"{len(both)} samples of them were “dark” before" in said(visited)
    lines = lines_of(file)
    assert list(lines[0]) == ["row", "file", "part", "label"]
    expected = {rows[one]: "dark" for one in dark} | {rows[one]: "light" for one in light}
    assert {int(line["row"]): line["label"] for line in lines} == expected
    folder = Path(run.study["data"]["source"])
    parts = dict(zip(run.identity.rows, run.identity.part, strict=True))
    for line in lines:
        assert line["file"] == f"IMG {line['row']}.png"
        assert (folder / line["file"]).is_file()
        assert line["part"] == ("train", "held-out")[parts[int(line["row"])]]

    out = tmp_path / "classes.csv"
    command = [
        "latens",
        "classify",
        run.path,
        "--labels",
        file,
        "--method",
        "propagation",
        "--out",
        out,
    ]
    monkeypatch.setattr(sys, "argv", [str(word) for word in command])
    with pytest.raises(SystemExit) as caught:
        main()
    assert not caught.value.code, capsys.readouterr()
    classes = pandas.read_csv(out).set_index("row")
    assert (run.path / "classes.csv").read_bytes() == out.read_bytes()
    assert (classes["file"] == [f"IMG {row}.png" for row in classes.index]).all()
    assert (classes["label"] == np.where(classes.index < 60, "dark", "light")).mean() > 0.9
    assert "To be named next" in capsys.readouterr().out

    again = visit(labeling[0])
    assert again.messages == []
    assert labels(again) == labels(visited)
    learned = again.explorer(
        """const { names, values } = explorer.points.named.learned;
        return Array.from(values, (label) => names[label]);"""
    )
    assert learned == classes.loc[rows, "label"].tolist()
    proposed = again.explorer("return explorer.naming.next;")
    assert len(proposed) == 20
    assert not set(proposed) & {*dark, *light}
    assert "Undo" in again.page.locator(".toolbar").inner_text()


def test_learning_on_the_server_colors_the_map_and_leads_to_what_to_name_next(served):
    visited, run = served
    page = visited.page
    page.get_by_role("tab", name="Labels").click()
    learn = page.get_by_role("button", name="Learn from these labels")
    assert learn.is_disabled()
    page.get_by_role("button", name="Suggest samples to name").click()
    page.locator(".candidate").nth(19).wait_for()
    assert "middles of groups" in page.get_by_role("tabpanel").inner_text()
    dark, rows = rows_of(run, lambda rows: rows % 30 == 3)
    light, _ = rows_of(run, lambda rows: rows % 30 == 7)
    give(visited, [one for one in dark if rows[one] < 75], "dark")
    give(visited, [one for one in light if rows[one] >= 75], "light")
    page.get_by_role("tab", name="Labels").click()
    learn.click()
    visited.wait_until(
        "document.getElementById('latens-explorer').explorer.store.state.lessons?.sentence"
    )
    learned, margin, shown = visited.explorer(
        """const { learned, certainty } = explorer.points.named;
        return [Array.from(learned.values, (label) => learned.names[label]), [...certainty.values],
          explorer.points.columns[explorer.store.state.color].name];"""
    )
    assert shown == "learned class"
    assert (np.array(learned) == np.where(rows < 75, "dark", "light")).mean() > 0.85
    proposed = visited.explorer("return explorer.naming.next;")
    given = [one for one, label in enumerate(labels(visited)) if label]
    assert np.median(np.array(margin)[proposed]) < np.median(margin)
    assert not set(given) & set(proposed)
    # The less certain a point is, the nearer to grey.
    shown = visited.explorer(
        """const { of } = explorer.paint.coloring;
        return Array.from({ length: explorer.points.n }, (_, point) => of(point));"""
    )
    away = np.abs(np.array(shown) - [138, 144, 153]).sum(axis=1)
    of_dark = np.array(learned) == "dark"
    order = np.argsort(np.array(margin)[of_dark], kind="stable")
    assert (np.diff(away[of_dark][order]) >= 0).all()
    assert away[of_dark].max() > 4 * away[of_dark].min()
    page.locator(".candidate").first.click()
    assert visited.explorer("return explorer.store.state.point;") == proposed[0]
    assert said(visited).startswith(f"Row {rows[proposed[0]]} (IMG {rows[proposed[0]]}.png")
    # A key names it, and goes on to the next one.
    page.keyboard.press("1")
    assert labels(visited)[proposed[0]] == "dark"
    assert visited.explorer("return explorer.store.state.point;") == proposed[1]
    assert said(visited).startswith("1 sample is now “dark”. Next: row ")
    assert visited.messages == []


def test_names_selections_and_filters_are_undone_and_done_again(page):
    nothing = [""] * 149
    give(page, [0, 1, 2], "cat")
    give(page, [2, 3], "dog")
    named = labels(page)
    assert named[:5] == ["cat", "cat", "dog", "dog", ""]
    assert "1 sample of them was “cat” before" in said(page)
    page.page.keyboard.press(UNDO)
    assert labels(page)[:5] == ["cat", "cat", "cat", "", ""]
    assert said(page) == "Undone: labels"
    page.page.keyboard.press(UNDO)
    assert page.explorer("return [...explorer.store.state.selection.points];") == [0, 1, 2]
    page.page.keyboard.press(UNDO)
    assert labels(page) == nothing
    for _ in range(3):
        page.page.keyboard.press(REDO)
    assert labels(page) == named
    assert page.page.get_by_role("button", name="Redo").is_disabled()
    page.page.get_by_role("checkbox", name="trained on").uncheck()
    page.page.locator(".key").first.click()
    shown = "return [explorer.store.state.trainedOn, explorer.store.state.hidden.size];"
    assert page.explorer(shown) == [False, 1]
    page.page.get_by_role("button", name="Undo").click()
    page.page.get_by_role("button", name="Undo").click()
    assert page.explorer(shown) == [True, 0]
    assert labels(page) == named


def test_labels_are_merged_renamed_and_removed(page):
    for points, name in (([0, 1, 2], "cat"), ([3, 4], "dog"), ([5], "cats")):
        give(page, points, name)
    tab = page.page.get_by_role("tabpanel")
    page.page.get_by_role("tab", name="Labels").click()
    assert "6 samples named" in tab.inner_text()
    page.page.locator(".labels summary").nth(2).click()
    page.page.get_by_label("Merge cats into").select_option(label="cat")
    assert said(page) == "1 sample of “cats” is now “cat”"
    assert labels(page)[:6] == ["cat", "cat", "cat", "dog", "dog", "cat"]
    page.page.locator(".labels summary").nth(1).click()
    field = page.page.get_by_label("New name of dog")
    field.fill("  wolf ")
    field.press("Enter")
    assert labels(page)[3:5] == ["wolf", "wolf"]
    page.page.locator(".labels summary").nth(0).click()
    page.page.get_by_role("button", name="Remove the label cat").click()
    assert labels(page)[:6] == ["", "", "", "wolf", "wolf", ""]
    legend = page.page.locator(".legend").inner_text().split()
    assert legend == ["your", "label", "wolf", "2", "none", "147"]
    for _ in range(3):
        page.page.get_by_role("button", name="Undo").click()
    assert labels(page)[:6] == ["cat", "cat", "cat", "dog", "dog", "cats"]
    page.explorer("explorer.select([3], 'replace');")
    page.page.get_by_role("button", name="Take the name away").click()
    assert labels(page)[3:5] == ["", "dog"]


def test_names_that_are_none_are_refused(page):
    for words in ("", "   ", "-1", "\u200b"):
        page.explorer("explorer.select([0], 'replace'); explorer.naming.name(it);", words)
        assert labels(page)[0] == ""
        assert said(page) == "A name needs letters."


def test_what_is_hidden_stays_so_while_names_are_given(page):
    give(page, [0, 1], "cat")
    give(page, [2], "dog")
    page.page.locator(".key", has_text="dog").click()
    hidden = "return explorer.paint.hiddenNames;"
    assert page.explorer(hidden) == ["dog"]
    page.explorer("explorer.naming.rename(0, 'ant'); explorer.naming.name('bee', [5]);")
    assert page.explorer(hidden) == ["dog"]
    page.explorer("explorer.naming.name('cow', [2]);")
    assert page.explorer(hidden) == []


def test_a_file_remembers_names_and_views_and_another_page_reads_the_saved_file(
    page, photos, page_of_run, visit, tmp_path
):
    give(page, [0, 7, 8], "cat")
    give(page, [3], "=dog, or not")
    page.explorer("explorer.views.save('all of them');")
    named = labels(page)
    page.page.wait_for_timeout(100)
    page.page.reload()
    page.wait_until("document.getElementById('latens-explorer')?.explorer !== undefined")
    assert labels(page) == named
    assert page.explorer("return explorer.store.state.views[0].name;") == "all of them"
    page.page.get_by_role("tab", name="Labels").click()
    assert "Kept in this browser" in page.page.get_by_role("tabpanel").inner_text()
    with page.page.expect_download() as waiting:
        page.page.get_by_role("button", name="Save labels.csv").click()
    assert waiting.value.suggested_filename == "labels.csv"
    path = tmp_path / "labels.csv"
    path.write_bytes(Path(waiting.value.path()).read_bytes())
    known = photos.identity
    found = read_label_file(path, known.ids, len(known.rows), "photos", known.rows).labels
    assert [found[place] or "" for place in photos.array("map_rows")] == named

    other = visit(page_of_run(photos))
    assert set(labels(other)) == {""}
    pick = other.page.get_by_label("A file of labels")
    pick.set_input_files(path)
    other.wait_until("document.getElementById('latens-explorer').explorer.store.state.labels.size")
    assert labels(other) == named
    assert said(other) == "4 labels opened"
    rows = known.rows[photos.array("map_rows")]

    def opened(text):
        other.explorer("explorer.say('');")
        pick.set_input_files({"name": "l.csv", "mimeType": "text/csv", "buffer": text.encode()})
        other.wait_until("document.getElementById('latens-explorer').explorer.status.textContent")
        return said(other)

    words = opened(f"row,file,label\n{rows[0]},IMG {rows[0]}.png,cat\n{rows[1]},IMG 3000.png,dog\n")
    assert words.startswith(
        f"Nothing was opened. Line 3: row {rows[1]} is “IMG {rows[1]}.png” here"
    )
    assert "the file calls it “IMG 3000.png”" in words
    assert labels(other) == named
    words = opened(f"file,label\nIMG {rows[1]}.png,cow\nIMG {rows[1]}.png,bee\n")
    assert words == "1 label opened; 1 sample had two labels, of which the last one counts"
    assert labels(other)[1] == "bee"
    words = opened("row,file,label\n40,IMG 40.png,far\n")
    assert words == "1 label opened; 1 label of samples that are not on this map is kept"
    assert "file" in opened("who,what\n1,2\n")


def test_customers_are_named_by_their_ids(customers, page_of_run, visit, tmp_path):
    visited = visit(page_of_run(customers))
    give(visited, [0, 1, 2], "late")
    with visited.page.expect_download() as waiting:
        visited.explorer("explorer.naming.save();")
    path = tmp_path / "labels.csv"
    path.write_bytes(Path(waiting.value.path()).read_bytes())
    source = pandas.read_csv(customers.study["data"]["source"])
    for line in lines_of(path):
        # As in every table: a spreadsheet would take it for a formula otherwise.
        assert line["id"] == f"'{source['name'][int(line['row'])]}"
    known = customers.identity
    found = read_label_file(path, known.ids, len(known.rows), "customers", known.rows).labels
    chosen = np.flatnonzero([label == "late" for label in found])
    assert sorted(customers.array("map_rows")[:3]) == chosen.tolist()


def test_views_come_back_here_and_in_the_pages_that_are_written(served, tmp_path, visit):
    visited, run = served
    page = visited.page
    state = """const { maps, color, cameras, selection, trainedOn, point } = explorer.store.state;
      const { x, y, zoom } = cameras[maps[0]];
      return [...maps, color, Number(trainedOn), point, x, y, zoom, ...selection.points];"""
    visited.explorer(
        """explorer.showMaps([1]); explorer.store.set({ color: 3, trainedOn: false }); explorer.open(4);
        explorer.select([3, 8, 100], "replace");
        explorer.panes[0].moveCamera(explorer.panes[0].camera.zoomed(3, 50, 60, explorer.panes[0].view));"""
    )
    expected = visited.explorer(state)
    page.get_by_text("Views", exact=False).first.click()
    page.get_by_label("Name of this view").fill("corner")
    page.get_by_label("Name of this view").press("Enter")
    file = run.path / "views.json"
    until(visited, file.is_file)
    page.wait_for_timeout(600)
    assert "name=corner" in page.url
    visited.explorer(
        "explorer.wholeMap(); explorer.store.set({ color: 1, trainedOn: true, maps: [0] });"
    )
    page.wait_for_timeout(600)
    assert "name=corner" not in page.url
    page.get_by_role("button", name="corner", exact=True).click()
    assert visited.explorer(state) == pytest.approx(expected, rel=1e-5)
    assert page.locator(".menu summary").inner_text() == "View: corner"
    (saved,) = json.loads(file.read_text())["views"]
    assert saved["name"] == "corner"

    written = visit(write_explorer(run, tmp_path / "page.html").as_uri())
    written.explorer("explorer.views.show(explorer.store.state.views[0]);")
    assert written.explorer(state) == pytest.approx(expected, rel=1e-5)
    page.get_by_text("View: corner").click()
    page.get_by_role("button", name="Remove the view corner").click()
    until(visited, lambda: json.loads(file.read_text())["views"] == [])
    assert visited.messages == written.messages == []


def test_labels_of_samples_that_are_not_on_the_maps_are_kept_and_renamed(served):
    _, run = served
    on_map = run.identity.rows[run.array("map_rows")][:100]
    keeping = Keeping(run, on_map, None)
    file = run.path / "labels.csv"
    away = run.identity.rows[run.array("map_rows")][120]
    file.write_text(f"file,label\nIMG {on_map[0]}.png,cat\nIMG {away}.png,dog\n")
    kept = keeping.read()["labels"]
    assert (kept["rows"], kept["names"]) == ([on_map[0]], ["cat", "dog"])
    (other,) = kept["elsewhere"]
    assert (other["row"], other["file"], other["label"]) == (away, f"IMG {away}.png", 1)
    sent = {
        "names": ["ant", "dog"],
        "rows": kept["rows"],
        "labels": [0],
        "version": kept["version"],
    }
    keeping.write_labels(sent | {"elsewhere": kept["elsewhere"]})
    assert {line["file"]: line["label"] for line in lines_of(file)} == {
        f"IMG {on_map[0]}.png": "ant",
        f"IMG {away}.png": "dog",
    }


def test_a_page_without_a_server_says_how_many_labels_it_lacks(served):
    _, run = served
    rows = run.identity.rows
    (run.path / "labels.csv").write_text("row,label\n" + "".join(f"{row},cat\n" for row in rows))
    kept = Keeping(run, rows[:10], None, most_elsewhere=100).read()["labels"]
    assert (len(kept["rows"]), kept["elsewhere"], kept["left_out"]) == (10, [], len(rows) - 10)
    names = "".join(f"{row},class {row}\n" for row in rows)
    (run.path / "labels.csv").write_text("row,label\n" + names)
    assert len(Keeping(run, rows[:10], None).read()["labels"]["names"]) == len(rows)


def test_a_damaged_file_of_labels_is_said_and_stays(served, labeling, visit):
    _, run = served
    file = run.path / "labels.csv"
    file.write_text("row,file,label\n3,IMG 4.png,cat\n")
    visited = visit(labeling[0])
    assert "line 2: row 3 of photos is 'IMG 3.png', and the file calls it 'IMG 4.png'" in said(
        visited
    )
    give(visited, [0], "cat")
    page = visited.page
    page.get_by_role("tab", name="Labels").click()
    words = page.get_by_role("tabpanel")
    visited.wait_until("document.getElementById('latens-explorer').explorer.keeper.problem")
    assert "Not kept: labels.csv of the run has changed" in words.inner_text()
    assert file.read_text() == "row,file,label\n3,IMG 4.png,cat\n"
