"""The explorer in a real browser, from a file: what people do with it, and what it never does."""

import csv
import io
import json
import re

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from latens.data import load
from latens.explorer import Limits, explorer_fragment, write_explorer
from latens.explorer.document import page_of
from latens.explorer.exploration import Column, Exploration, Map

pytestmark = pytest.mark.browser

MARKS = ".pane:not([hidden]) .marks"


@pytest.fixture
def digits(digits_run, page_of_run, visit):
    """The page of the digits, opened."""
    return visit(page_of_run(digits_run))


def place_of(visited, point, pane=0):
    """Where a point is on the page."""
    x, y = visited.explorer(
        """const pane = explorer.panes[it[1]];
        const box = pane.marks.getBoundingClientRect();
        const [x, y] = pane.toScreen(pane.cloud.x[it[0]], pane.cloud.y[it[0]]);
        return [x + box.left, y + box.top];""",
        [point, pane],
    )
    return x, y


def lonely_point(visited):
    """A point with nobody else within reach of a pointer."""
    return visited.explorer(
        """const { cloud } = explorer.panes[0];
        const gap = (point) => cloud.nearest(cloud.x[point], cloud.y[point], 2)[1].distance;
        const { cursor } = explorer.store.state;
        const away = (point) => Math.hypot(cloud.x[point] - cursor.x, cloud.y[point] - cursor.y) > 0.1;
        return [...Array(cloud.n).keys()].filter(away).sort((a, b) => gap(b) - gap(a))[0];"""
    )


def middle(visited):
    box = visited.page.locator(MARKS).first.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def camera(visited):
    return visited.explorer(
        "const { x, y, zoom } = explorer.panes[0].camera; return { x, y, zoom };"
    )


def drag(visited, *places):
    mouse = visited.page.mouse
    mouse.move(*places[0])
    mouse.down()
    for place in places[1:]:
        mouse.move(*place, steps=3)
    mouse.up()
    visited.settle()


def test_the_page_is_quiet_and_loads_only_itself(digits, digits_run, page_of_run):
    digits.page.locator("text=Groups").click()
    assert digits.messages == []
    assert digits.requests == [page_of_run(digits_run)]
    assert digits.page.evaluate("window.violations") == []


def test_a_table_has_bars_instead_of_pictures(table_run, page_of_run, visit):
    visited = visit(page_of_run(table_run))
    assert visited.messages == []
    assert visited.page.locator("table.values th").first.inner_text() == "alcohol"
    before = visited.page.locator("table.values td").first.inner_text()
    slider = visited.page.get_by_role("slider", name="code_0")
    slider.focus()
    for _ in range(40):
        slider.press("ArrowRight")
    visited.settle()
    assert visited.page.locator("table.values td").first.inner_text() != before


def test_dragging_pans_and_the_wheel_zooms_where_it_points(digits):
    before = camera(digits)
    x, y = middle(digits)
    drag(digits, (x + 150, y + 200), (x + 250, y + 150))
    moved = camera(digits)
    assert moved["x"] < before["x"]
    assert moved["y"] < before["y"]
    assert moved["zoom"] == before["zoom"]
    anchor = "return explorer.panes[0].camera.toMap(200, 100, explorer.panes[0].view);"
    fixed = digits.explorer(anchor)
    box = digits.page.locator(MARKS).first.bounding_box()
    digits.page.mouse.move(box["x"] + 200, box["y"] + 100)
    digits.page.mouse.wheel(0, -400)
    digits.settle()
    assert camera(digits)["zoom"] > 1.5
    np.testing.assert_allclose(digits.explorer(anchor), fixed, atol=2e-3)


def test_points_are_drawn_where_they_are_and_in_their_colors(digits):
    point = lonely_point(digits)
    digits.page.get_by_label("Images").select_option("never")
    digits.settle()
    shown = digits.explorer(
        """const pane = explorer.panes[0];
        const [x, y] = pane.toScreen(pane.cloud.x[it], pane.cloud.y[it]);
        const ratio = pane.canvas.width / pane.view.width;
        const seen = pane.context.getImageData(Math.round(x * ratio), Math.round(y * ratio), 1, 1).data;
        return [[...seen.slice(0, 3)], explorer.paint.coloring.of(it)];""",
        point,
    )
    assert shown[0] == pytest.approx(shown[1], abs=2)


def test_hovering_shows_a_card_with_the_facts(digits, digits_run):
    point = lonely_point(digits)
    digits.page.mouse.move(*place_of(digits, point))
    digits.settle()
    card = digits.page.locator(".card")
    assert card.is_visible()
    row = int(digits_run.array("map_rows")[point])
    label = int(load("digits").y[row])
    words = card.inner_text()
    assert f"row\n{row}" in words
    assert f"label\n{label}" in words
    digits.page.mouse.move(5, 5)
    digits.settle()
    assert not card.is_visible()


def test_a_click_opens_a_point_with_its_true_neighbors(digits, digits_run):
    point = lonely_point(digits)
    digits.page.mouse.click(*place_of(digits, point))
    digits.settle()
    assert digits.page.get_by_role("tab", name="Point").get_attribute("aria-selected") == "true"
    found = digits.explorer("return explorer.store.state.near.map(one => one.point);")
    codes = np.asarray(digits_run.array("codes_autoencoder_map"))
    expected = NearestNeighbors(n_neighbors=11).fit(codes).kneighbors(codes[[point]])[1][0]
    assert found == list(expected[1:])
    assert digits.page.locator("[role=tabpanel]:visible .tile").count() == 10


def test_a_lasso_selects_what_is_inside_and_saves_it(digits, digits_run):
    digits.page.get_by_role("button", name="Lasso").click()
    box = digits.page.locator(MARKS).first.bounding_box()
    left, top = box["x"] + 3, box["y"] + 3
    right, bottom = box["x"] + box["width"] / 2, box["y"] + box["height"] - 3
    drag(digits, (left, top), (right, top), (right, bottom), (left, bottom))
    selected = digits.explorer("return [...explorer.store.state.selection.points];")
    inside = digits.explorer(
        """const pane = explorer.panes[0];
        return [...Array(explorer.points.n).keys()]
          .filter(i => pane.toScreen(pane.cloud.x[i], pane.cloud.y[i])[0] < pane.view.width / 2);"""
    )
    assert 0 < len(selected) < len(digits_run.array("map_rows"))
    assert set(selected) == set(inside)

    with digits.page.expect_download() as waiting:
        digits.page.get_by_role("button", name="Save as CSV").click()
    text = waiting.value.path().read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    expected = digits_run.array("map_rows")[selected]
    assert [int(row["row"]) for row in rows] == list(expected)
    assert [int(row["label"]) for row in rows] == load("digits").y[expected].tolist()
    assert list(rows[0])[:2] == ["row", "part"]
    parts = digits_run.identity.part[expected]
    assert [row["part"] for row in rows] == [("train", "held-out")[one] for one in parts]
    with digits.page.expect_download() as waiting:
        digits.page.get_by_role("button", name="Save as JSON").click()
    saved = json.loads(waiting.value.path().read_text(encoding="utf-8"))
    assert [row["row"] for row in saved["rows"]] == list(expected)
    assert "code_0" in saved["rows"][0]


def test_a_box_adds_with_shift_and_takes_away_with_alt(digits):
    size = "return explorer.store.state.selection.size;"
    digits.page.get_by_role("button", name="Box").click()
    box = digits.page.locator(MARKS).first.bounding_box()
    half = box["x"] + box["width"] / 2
    ends = (box["x"] + 2, box["y"] + 2), (box["x"] + box["width"] - 2, box["y"] + box["height"] - 2)
    drag(digits, ends[0], (half, ends[1][1]))
    first = digits.explorer(size)
    digits.page.keyboard.down("Shift")
    drag(digits, (half, ends[0][1]), ends[1])
    digits.page.keyboard.up("Shift")
    whole = digits.explorer(size)
    assert 0 < first < whole == digits.explorer("return explorer.points.n;")
    digits.page.keyboard.down("Alt")
    drag(digits, ends[0], (half, ends[1][1]))
    digits.page.keyboard.up("Alt")
    assert digits.explorer(size) == whole - first


def test_dragging_the_cursor_decodes_a_mean_of_the_nearest_codes(digits):
    digits.page.get_by_role("button", name="Decode", exact=True).click()
    x, y = middle(digits)
    before = digits.explorer("return explorer.panes[0].decoded.toDataURL();")
    drag(digits, (x - 100, y - 60), (x + 40, y + 30))
    assert digits.explorer("return explorer.panes[0].decoded.toDataURL();") != before
    found, expected = digits.explorer(
        """const { cursor, code } = explorer.store.state;
        const { cloud } = explorer.panes[0];
        const codes = explorer.points.codes[0];
        const near = [...Array(cloud.n).keys()]
          .map(i => [i, (cloud.x[i] - cursor.x) ** 2 + (cloud.y[i] - cursor.y) ** 2])
          .sort((a, b) => a[1] - b[1]).slice(0, 8);
        const total = near.reduce((sum, [, d]) => sum + 1 / d, 0);
        const mean = codes.columns.map(c => near.reduce((sum, [i, d]) => sum + c[i] / d / total, 0));
        return [[...code], mean];"""
    )
    assert found == pytest.approx(expected, rel=1e-4, abs=1e-5)
    words = digits.page.locator(".caption").inner_text()
    assert "8 nearest points" in words
    assert "inverse square" in words


def test_the_decoded_picture_hides_no_name(digits):
    digits.page.get_by_label("Images").select_option("never")
    digits.settle()
    covered = digits.explorer(
        """const pane = explorer.panes[0];
        const names = pane.nameBoxes;
        const { left, top } = pane.element.getBoundingClientRect();
        return names.map(([x0, y0, x1, y1]) => {
          // Where the picture, above and to the right of the cursor, would lie on this name.
          explorer.decoding.goTo(pane.map, ...pane.camera.toMap(x0 - 40, y1 + 40, pane.view));
          pane.drawMarks();
          const box = pane.decoded.getBoundingClientRect();
          const [x, y] = [box.left - left, box.top - top];
          const isHidden = ([x0, y0, x1, y1]) =>
            x0 < x + box.width && x < x1 && y0 < y + box.height && y < y1;
          return names.filter(isHidden).length;
        });"""
    )
    assert len(covered) >= 5
    assert set(covered) == {0}


def test_clusters_are_squares_in_colors_that_no_label_has(digits):
    shown = digits.explorer(
        """const { points, store, paint } = explorer;
        return ["label", "cluster"].map((role) => {
          store.set({ color: points.first(role) });
          const swatches = [...explorer.root.querySelectorAll(".legend .swatch")];
          const colors = swatches.map((one) => getComputedStyle(one).backgroundColor);
          const { isSquare } = paint.pixelsFor(explorer.panes[0].cloud, [0, 0, 0]);
          return [colors, swatches.every((one) => one.matches(".square")), isSquare];
        });"""
    )
    (labels, *round_ones), (clusters, *square_ones) = shown
    assert round_ones == [False, False]
    assert square_ones == [True, True]
    assert len(set(labels)) == 10
    assert len(set(clusters)) == 4
    assert not set(labels) & set(clusters)


def test_two_points_have_a_way_between_them(digits):
    digits.explorer("explorer.open(0); explorer.store.set({ end: 5 });")
    digits.settle()
    assert digits.page.locator(".strip .tile").count() == 9
    digits.page.get_by_role("slider", name="How far from A to B").fill("0.5")
    digits.settle()
    code, ends = digits.explorer(
        """const codes = explorer.points.codes[0];
        return [[...explorer.store.state.code], [[...codes.of(0)], [...codes.of(5)]]];"""
    )
    assert code == pytest.approx(list(np.mean(ends, axis=0)), rel=1e-5)


def test_two_maps_show_one_selection_and_one_hover(digits):
    digits.page.get_by_label("Second map").select_option(label="raw pixels")
    digits.settle()
    assert digits.page.locator(MARKS).count() == 2
    marks = "return explorer.panes[1].marks.toDataURL();"
    before = digits.explorer(marks)
    point = lonely_point(digits)
    digits.page.mouse.move(*place_of(digits, point))
    digits.settle()
    assert digits.explorer("return explorer.store.state.hover;") == point
    assert digits.explorer(marks) != before
    points = "return explorer.panes[1].canvas.toDataURL();"
    before = digits.explorer(points)
    digits.explorer("explorer.select([0, 1, 2], 'replace');")
    digits.settle()
    assert digits.explorer(points) != before


def test_samples_that_were_trained_on_are_told_apart_and_can_be_hidden(digits):
    shown = "return explorer.panes[0].inSight().length;"
    digits.explorer("explorer.wholeMap();")
    assert digits.explorer(shown) == 1797
    box = digits.page.get_by_role("checkbox", name="trained on")
    assert box.is_checked()
    box.uncheck()
    digits.settle()
    assert digits.explorer(shown) == 359
    digits.explorer("explorer.select(explorer.panes[0].inSight(), 'replace');")
    with digits.page.expect_download() as waiting:
        digits.page.get_by_role("button", name="Save as JSON").click()
    saved = json.loads(waiting.value.path().read_text(encoding="utf-8"))
    assert [row["part"] for row in saved["rows"]] == ["held-out"] * 359
    # The address keeps it, as it keeps what else is shown.
    digits.page.wait_for_timeout(600)
    assert "part=held-out" in digits.page.evaluate("location.hash")
    box.check()
    digits.explorer("explorer.open(1000, { isNear: false });")
    assert digits.page.locator(".status").inner_text().partition(",")[0].endswith("(trained on)")


def test_search_finds_rows_and_labels(digits, digits_run):
    row = int(digits_run.array("map_rows")[7])
    search = digits.page.get_by_role("searchbox")
    search.fill(str(row))
    digits.page.locator(".found button").first.click()
    assert digits.explorer("return explorer.store.state.point;") == 7
    search.fill("3")
    digits.page.locator(".found button", has_text="label").first.click()
    selected = digits.explorer("return [...explorer.store.state.selection.points];")
    labels = load("digits").y[digits_run.array("map_rows")]
    assert selected == list(np.flatnonzero(labels == 3))


def test_the_legend_hides_groups_and_hidden_points_are_not_found(digits):
    digits.page.locator(".key").first.click(modifiers=["Shift"])
    digits.settle()
    shown = digits.explorer("return explorer.panes[0].inSight();")
    labels = digits.explorer("return it.map(point => explorer.points.label(point));", shown)
    assert set(labels) == {"0"}
    digits.page.get_by_role("button", name="Show all").click()
    assert len(digits.explorer("return explorer.panes[0].inSight();")) > len(shown)


def test_the_page_says_how_many_of_all_samples_it_shows(digits, digits_run, tmp_path, visit):
    assert "1,797 samples" in digits.page.locator(".below .title").inner_text()
    path = write_explorer(digits_run, tmp_path / "few.html", limits=Limits(300, 10**6, 10**6))
    few = visit(path.as_uri())
    assert "300 of 1,797 samples shown" in few.page.locator(".below .title").inner_text()


def test_every_column_colors_the_map(digits):
    select = digits.page.get_by_label("Color by")
    pictures = set()
    for place in range(select.locator("option").count()):
        select.select_option(index=place)
        digits.settle()
        pictures.add(digits.explorer("return explorer.panes[0].canvas.toDataURL();"))
    assert len(pictures) == select.locator("option").count()
    assert digits.messages == []


def test_pictures_take_the_place_of_near_points(digits):
    canvas = "return explorer.panes[0].canvas.toDataURL();"
    digits.page.get_by_label("Images").select_option("never")
    digits.page.mouse.move(*middle(digits))
    digits.page.mouse.wheel(0, -1200)
    digits.settle()
    without = digits.explorer(canvas)
    digits.page.get_by_label("Images").select_option("near")
    digits.settle()
    assert digits.explorer(canvas) != without


def test_back_and_forward_walk_through_views(digits):
    start = camera(digits)
    back = digits.page.get_by_role("button", name="Back")
    assert back.is_disabled()
    digits.page.mouse.move(*middle(digits))
    digits.page.mouse.wheel(0, -500)
    digits.settle()
    zoomed = camera(digits)
    assert zoomed["zoom"] > 1.5
    back.click()
    assert camera(digits) == pytest.approx(start)
    assert back.is_disabled()
    digits.page.get_by_role("button", name="Forward").click()
    assert camera(digits)["zoom"] == pytest.approx(zoomed["zoom"], rel=1e-4)


def test_an_address_brings_a_view_back(digits, visit):
    digits.explorer(
        """explorer.showMaps([1, 2]); explorer.store.set({ color: 3 }); explorer.open(4);
        explorer.select([3, 8, 100], "replace"); explorer.panes[0].moveCamera(
          explorer.panes[0].camera.zoomed(3, 50, 60, explorer.panes[0].view));"""
    )
    digits.page.wait_for_timeout(600)
    kept = """const { maps, color, point, selection, cameras, code } = explorer.store.state;
      return { maps, color, point, selected: [...selection.points], zoom: cameras[1].zoom };"""
    expected = digits.explorer(kept)
    again = visit(digits.page.url)
    assert again.explorer(kept) == expected
    assert again.messages == []


def test_a_link_to_a_row_opens_its_sample_on_the_server_too(digits_run, serving, visit):
    server = serving(digits_run.path)
    try:
        page = visit(f"{server.address}#explorer&row=1234")
        opened = "return explorer.points.rows[explorer.store.state.point];"
        assert page.explorer(opened) == 1234
        page.page.evaluate("location.hash = '#explorer&row=7'")
        page.settle()
        assert page.explorer(opened) == 7
        x, y = page.explorer(
            """const pane = explorer.panes[0], { point } = explorer.store.state;
            const [x, y] = pane.toScreen(pane.cloud.x[point], pane.cloud.y[point]);
            return [x / pane.view.width, y / pane.view.height];"""
        )
        assert 0 < x < 1
        assert 0 < y < 1
        # The address of a whole view names a row, too, and hides what it hid.
        page.explorer("explorer.store.set({ hidden: new Set([2]), trainedOn: false });")
        page.page.wait_for_timeout(600)
        again = visit(page.page.evaluate("location.href"))
        shown = (
            "const { hidden, trainedOn } = explorer.store.state; return [[...hidden], trainedOn];"
        )
        assert again.explorer(shown) == [[2], False]
    finally:
        server.stop()


def test_a_link_to_a_row_shows_its_sample_on_the_whole_map(digits, digits_run):
    digits.explorer(
        """const [pane] = explorer.panes;
        explorer.store.set({ color: 3 });
        pane.moveCamera(pane.camera.zoomed(9, 1, 1, pane.view));"""
    )
    row = int(digits_run.array("map_rows")[300])
    digits.page.evaluate("(row) => { location.hash = `explorer&row=${row}`; }", row)
    digits.wait_until(
        "document.getElementById('latens-explorer').explorer.store.state.point === 300"
    )
    assert digits.page.get_by_role("tab", name="Point").get_attribute("aria-selected") == "true"
    assert camera(digits)["zoom"] == 1
    assert digits.explorer("return explorer.store.state.color;") == 3
    digits.page.evaluate("() => { location.hash = 'explorer&row=99999999'; }")
    digits.page.wait_for_timeout(100)
    assert digits.explorer("return explorer.store.state.point;") == -1
    assert digits.messages == []


@pytest.mark.parametrize(
    "address",
    [
        "map=99&color=1e9&point=-4&end=x&selected=zzzz.!!.1&model=7&cursor=1,2&view=a,b",
        "row=zzzz.!!.1&rows=zzzz.!!.1&to=x&model=7&cursor=1,2&view=a,b&name=%00%e2%80%ae",
        "map=0&view=1e999,NaN,0;;;&code=1,2&hidden=9,8,7,-1",
        "map=0&cursor=0,1e300,-1e300&view=9,9,1e-300",
        "<script>alert(1)</script>&map=%00%ff",
        "map=0&rows=" + "1." * 5_000,
    ],
)
def test_a_damaged_address_breaks_nothing(digits_run, page_of_run, visit, address):
    visited = visit(f"{page_of_run(digits_run)}#explorer&{address}")
    assert visited.messages == []
    assert visited.page.locator(MARKS).first.is_visible()


def test_the_keyboard_alone_is_enough(digits, digits_run):
    page = digits.page
    page.keyboard.press("Tab")
    for _ in range(40):
        if page.evaluate("document.activeElement.shadowRoot?.activeElement?.className") == "marks":
            break
        page.keyboard.press("Tab")
    else:
        pytest.fail("the map is not reached with Tab")
    outline = "getComputedStyle(document.activeElement.shadowRoot.activeElement).outlineStyle"
    assert page.evaluate(outline) == "solid"
    start = camera(digits)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("+")
    moved = camera(digits)
    assert moved["x"] > start["x"]
    assert moved["zoom"] > start["zoom"]
    page.keyboard.press("Enter")
    assert digits.explorer("return explorer.store.state.point;") >= 0
    code = "return [...explorer.store.state.code];"
    before = digits.explorer(code)
    page.keyboard.press("Shift+ArrowRight")
    assert digits.explorer(code) != before
    page.keyboard.press("s")
    assert digits.explorer("return explorer.store.state.selection.size;") > 0
    page.keyboard.press("Escape")
    assert digits.explorer("return explorer.store.state.selection.size;") == 0
    page.keyboard.press("0")
    assert camera(digits)["zoom"] == 1
    page.keyboard.press("/")
    page.keyboard.type(str(digits_run.array("map_rows")[9]))
    page.keyboard.press("Enter")
    assert digits.explorer("return explorer.store.state.point;") == 9
    page.keyboard.press("d")
    assert digits.explorer("return explorer.store.state.tool;") == "decode"


def test_tabs_follow_the_arrow_keys(digits):
    digits.page.get_by_role("tab", name="Decode").focus()
    digits.page.keyboard.press("ArrowRight")
    digits.page.keyboard.press("ArrowRight")
    assert digits.page.get_by_role("tab", name="Selection").get_attribute("aria-selected") == "true"


def test_a_narrow_screen_never_scrolls_sideways(digits_run, table_run, page_of_run, visit):
    for run in (digits_run, table_run):
        visited = visit(page_of_run(run), viewport={"width": 390, "height": 844}, has_touch=True)
        visited.explorer("explorer.naming.name('cat', [0, 1]); explorer.open(2);")
        for tab in ("Decode", "Point", "Selection", "Groups", "Labels"):
            visited.page.get_by_role("tab", name=tab).click()
            assert visited.page.evaluate("document.documentElement.scrollWidth") <= 390
        visited.page.locator(".menu summary").click()
        assert visited.page.evaluate("document.documentElement.scrollWidth") <= 390
        assert visited.page.get_by_label("Name of this view").bounding_box()["x"] > 0
        visited.page.locator(".menu summary").click()
        assert visited.page.locator(MARKS).first.bounding_box()["height"] > 250


def test_a_tap_opens_and_two_fingers_zoom(digits_run, page_of_run, visit):
    options = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    visited = visit(page_of_run(digits_run), **options)
    point = lonely_point(visited)
    visited.page.touchscreen.tap(*place_of(visited, point))
    assert visited.explorer("return explorer.store.state.point;") == point
    x, y = middle(visited)
    session = visited.page.context.new_cdp_session(visited.page)

    def touch(kind, gap):
        points = [{"x": x - gap, "y": y, "id": 0}, {"x": x + gap, "y": y, "id": 1}] if gap else []
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", 30)
    for gap in (40, 60, 90):
        touch("touchMove", gap)
    touch("touchEnd", 0)
    visited.settle()
    assert camera(visited)["zoom"] == pytest.approx(3, rel=0.2)


def test_names_that_attack_stay_words(hostile_run, tmp_path, visit):
    path = write_explorer(hostile_run, tmp_path / "hostile.html")
    visited = visit(path.as_uri())
    page = visited.page
    for tab in ("Groups", "Selection", "Point", "Labels"):
        page.get_by_role("tab", name=tab).click()
    assert visited.explorer("return explorer.points.kept.problems;") == []
    assert page.locator(".labels summary").count() >= 9
    assert page.locator(".candidate").count() > 15
    assert visited.explorer("return explorer.store.state.views.length;") == 11
    visited.explorer(
        "explorer.open(3); explorer.select([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 'replace');"
    )
    for option in range(page.get_by_label("Color by").locator("option").count()):
        page.get_by_label("Color by").select_option(index=option)
        visited.settle()
    page.mouse.move(*place_of(visited, 3))
    page.get_by_role("searchbox").fill("<")
    visited.settle()
    assert page.locator(".found button").count() > 0
    assert visited.messages == []
    assert "owned" not in page.title().replace("document.title='owned'", "")
    assert page.title().endswith("latens explorer")
    assert page.evaluate("document.scripts.length") == 1
    shown = visited.explorer("return explorer.root.textContent;")
    assert not re.findall("[\u200b\u200f\u2028\u202a-\u202e\u2066-\u2069\x00\x1b]", shown)
    assert "שלום" in shown
    elements = "return explorer.root.querySelectorAll('img, script, svg').length;"
    assert visited.explorer(elements) == 0
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    with page.expect_download() as waiting:
        page.get_by_role("tab", name="Selection").click()
        page.get_by_role("button", name="Save as CSV").click()
    text = waiting.value.path().read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert len(rows) == 10
    assert not any(
        value.startswith(("=", "@", "+", "\uff1d")) for row in rows for value in row.values()
    )


def random_names(rng, n):
    """Words of letters from everywhere, with what browsers and spreadsheets take for code between them."""
    pieces = [
        "<b>",
        "</script>",
        "&amp;",
        "\"'`",
        "\u202e",
        "\u2067",
        "\x00",
        "\r\n",
        "=1+1",
        "{{",
        "\ud800",
        "🎈",
    ]
    for _ in range(n):
        letters = [chr(code) for code in rng.integers(1, 0x2FFF, size=rng.integers(1, 12))]
        yield "".join(rng.permutation([*letters, *rng.choice(pieces, size=2)]))


def test_names_of_any_letters_come_back_as_they_were(rng, tmp_path, visit):
    names = tuple(random_names(rng, 300))
    places = rng.normal(size=(300, 2))
    column = Column("name", np.arange(300), names)
    exploration = Exploration("any", np.arange(300), (Map("map", places),), (column,))
    path = tmp_path / "page.html"
    path.write_text(page_of(exploration), encoding="utf-8")
    visited = visit(path.as_uri())
    visited.explorer("explorer.select([...Array(300).keys()], 'replace');")
    with visited.page.expect_download() as waiting:
        visited.page.get_by_role("button", name="Save as JSON").click()
    saved = json.loads(waiting.value.path().read_text(encoding="utf-8"))
    assert tuple(row["name"] for row in saved["rows"]) == names
    assert visited.messages == []
    # More names than colors: the most frequent have one each, the others share grey.
    assert visited.page.locator(".key").count() == 20
    assert visited.page.locator(".key").last.inner_text() == "281 others"


def test_a_fragment_lives_in_a_page_of_other_things(digits_run, tmp_path, visit):
    """As in a report: other styles, a theme of its own, and a wheel that belongs to the page."""
    part = explorer_fragment(digits_run)
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src '{part.script_hash}'"
    path = tmp_path / "page.html"
    path.write_text(
        f"""<!doctype html><html data-theme="light"><meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="{policy}">
        <style>:root {{ color-scheme: light }} :root[data-theme=dark] {{ color-scheme: dark }}
        button {{ display: none }} table, p {{ color: red !important }}</style>
        <p style="height: 40rem">before</p>{part.html}<p style="height: 60rem">after</p>
        <script>{part.script}</script></html>""",
        encoding="utf-8",
    )
    visited = visit(path.as_uri())
    page = visited.page
    assert visited.messages == []
    assert page.evaluate("window.violations") == []
    assert page.get_by_role("button", name="Lasso").is_visible()
    paper = "return explorer.tones.paper;"
    light = visited.explorer(paper)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    visited.settle()
    assert visited.explorer(paper) != light
    page.locator(MARKS).first.scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    page.mouse.move(*middle(visited))
    page.mouse.wheel(0, 60)
    visited.wait_until("scrollY > it", before)
    assert camera(visited)["zoom"] == 1
    page.mouse.click(*middle(visited))
    page.mouse.wheel(0, -200)
    visited.settle()
    assert camera(visited)["zoom"] > 1


def test_text_stands_out_from_its_ground(digits_run, page_of_run, visit):
    """WCAG 2 asks for a contrast of 4.5 between text and ground, in either theme."""
    script = """const parse = c => c.match(/[\\d.]+/g).slice(0, 3).map(Number);
      const light = c => parse(c).map(v => v / 255)
        .map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
        .reduce((sum, v, at) => sum + v * [.2126, .7152, .0722][at], 0);
      const ground = light(getComputedStyle(explorer.element).backgroundColor);
      const worst = [...explorer.root.querySelectorAll("p, dt, dd, th, td, label, summary, select")]
        .map(e => light(getComputedStyle(e).color))
        .map(v => (Math.max(v, ground) + .05) / (Math.min(v, ground) + .05));
      return Math.min(...worst);"""
    for scheme in ("light", "dark"):
        assert visit(page_of_run(digits_run), color_scheme=scheme).explorer(script) >= 4.5


def test_a_model_that_cannot_decode_says_why(digits_run, copy_of, tmp_path, visit):
    run = copy_of(digits_run)
    (run.model_path("autoencoder") / "weights.safetensors").write_bytes(b"damaged")
    visited = visit(write_explorer(run, tmp_path / "page.html").as_uri())
    assert visited.messages == []
    assert "No live decoding here" in visited.page.locator(".notice").inner_text()
    assert visited.page.get_by_role("button", name="Decode", exact=True).count() == 0
