"""Columns of the explorer: what a filter leaves, what the other columns count of it, and the way back."""

from urllib.parse import quote

import numpy as np
import pandas
import pytest

from latens.explorer.document import page_of
from latens.explorer.exploration import Column, Exploration, Map

pytestmark = pytest.mark.browser

N = 400
REGIONS = ("east", "north", "west")


@pytest.fixture(scope="module")
def table() -> pandas.DataFrame:
    """A seeded table: whole numbers, money with gaps, days, and words with gaps."""
    rng = np.random.default_rng(5)
    table = pandas.DataFrame({"age": rng.integers(20, 40, N)})
    table["spent"] = rng.gamma(2, 50, N).round(2)
    table.loc[rng.choice(N, 60, replace=False), "spent"] = np.nan
    days = pandas.Timestamp("2024-01-01") + pandas.to_timedelta(rng.integers(0, 700, N), "D")
    table["joined"] = days
    table["region"] = rng.integers(-1, 3, N)
    table["name"] = [f"customer {row % 10}-{row}" for row in range(N)]
    return table


@pytest.fixture(scope="module")
def address(table, tmp_path_factory) -> str:
    """The page of these samples, whose last hundred are held out."""
    days = table["joined"].to_numpy().astype("datetime64[D]")
    known, places = np.unique(days, return_inverse=True)
    columns = (
        Column("row", np.arange(N, dtype=float), role="row"),
        Column("part", (np.arange(N) >= 300).astype(int), ("train", "held-out"), "part"),
        Column("age", table["age"].to_numpy(float), role="own", kind="number"),
        Column("spent", table["spent"].to_numpy(), role="own", kind="number"),
        Column("joined", places, tuple(known.astype(str)), "own", "date", known.astype(float)),
        Column("region", table["region"].to_numpy(), REGIONS, "own", "text"),
        Column("name", np.arange(N), tuple(table["name"]), "own", "text"),
    )
    places = np.random.default_rng(1).normal(size=(N, 2))
    path = tmp_path_factory.mktemp("columns") / "page.html"
    path.write_text(page_of(Exploration("customers", np.arange(N), (Map("map", places),), columns)))
    return path.as_uri()


class ColumnsTab:
    """The tab of columns, as a person sees it."""

    def __init__(self, visited) -> None:
        self.visited, self.page = visited, visited.page
        self.page.get_by_role("tab", name="Columns").click()
        visited.settle()

    def entry(self, name: str):
        entry = self.page.locator("#panel-columns details").filter(
            has=self.page.locator("summary", has_text=name)
        )
        if entry.get_attribute("open") is None:
            entry.locator("summary").click()
            self.visited.settle()
        return entry

    def heading(self) -> str:
        self.visited.settle()
        return self.page.locator("#panel-columns h3").inner_text()

    def counts(self, name: str) -> dict[str, int]:
        """How many samples a column of words counts of each."""
        rows = self.entry(name).locator("tr").all()
        return {
            row.locator("th").inner_text(): int(row.locator("td").nth(1).inner_text())
            for row in rows
        }

    def shown(self) -> list[int]:
        return self.visited.explorer(
            "return [...Array(explorer.points.n).keys()].filter((i) => explorer.paint.isShown(i));"
        )

    def type(self, name: str, *, low: str = "", high: str = "") -> None:
        """Type a range into a column of numbers or days."""
        for words, value in (("From", low), ("To", high)):
            if value:
                box = self.page.get_by_label(f"{words}: {name}")
                box.fill(value)
                box.dispatch_event("change")
                self.visited.settle()


@pytest.fixture
def tab(address, visit) -> ColumnsTab:
    return ColumnsTab(visit(address))


def rows_of(table, accepts) -> list[int]:
    return np.flatnonzero(np.asarray(accepts)).tolist()


def test_filters_of_every_kind_leave_what_pandas_leaves(tab, table):
    assert tab.heading() == "All 400 samples are shown"
    tab.entry("spent")
    tab.type("spent", low="50", high="120.5")
    wanted = table["spent"].between(50, 120.5)
    assert tab.shown() == rows_of(table, wanted)
    tab.entry("joined")
    tab.type("joined", low="2024-05-01", high="2025-03-31")
    wanted &= table["joined"].between("2024-05-01", "2025-03-31")
    assert tab.shown() == rows_of(table, wanted)
    tab.entry("region").get_by_label("north").uncheck()
    wanted &= table["region"] != REGIONS.index("north")
    assert tab.shown() == rows_of(table, wanted)
    tab.entry("name").get_by_role("searchbox").fill("Customer 3")
    wanted &= table["name"].str.contains("customer 3")
    assert tab.shown() == rows_of(table, wanted)
    assert tab.heading() == f"{wanted.sum()} of 400 samples shown"
    tab.page.get_by_role("button", name="Clear filters").click()
    assert tab.shown() == list(range(N))


def test_a_column_counts_what_all_filters_but_its_own_leave(tab, table):
    tab.entry("age")
    tab.type("age", high="29")
    tab.entry("region").get_by_label("east").uncheck()
    young = table[table["age"] <= 29]
    counted = young["region"].value_counts()
    shown = {"none": counted[-1], "north": counted[1], "west": counted[2], "east": 0}
    assert tab.counts("region") == shown
    # What was unticked can be ticked again, so its bar says how many there would be.
    pale = (
        tab.entry("region").get_by_role("row", name="east").locator(".pale").bounding_box()["width"]
    )
    assert pale > 0
    whole = tab.visited.explorer(
        "return explorer.paint.shownBut(it).reduce((sum, one) => sum + one);",
        5,
    )
    assert whole == len(young)


def test_gaps_are_left_out_by_a_range_and_can_be_kept(tab, table):
    entry = tab.entry("spent")
    tab.type("spent", high="100")
    entry.get_by_label("and gaps").check()
    assert tab.shown() == rows_of(table, ~(table["spent"] > 100))
    tab.page.get_by_label("To: spent").fill("")
    tab.page.get_by_label("To: spent").dispatch_event("change")
    entry.get_by_label("and gaps").uncheck()
    assert tab.shown() == rows_of(table, table["spent"].notna())


def test_a_histogram_is_dragged_over_and_one_undo_takes_it_back(tab, table):
    chart = tab.entry("age").locator(".histogram")
    box = chart.bounding_box()
    y = box["y"] + 10
    # Twenty ages, a bin for each: from the third to the eighth.
    tab.page.mouse.move(box["x"] + box["width"] * 2.5 / 20, y)
    tab.page.mouse.down()
    tab.page.mouse.move(box["x"] + box["width"] * 7.5 / 20, y, steps=6)
    tab.page.mouse.up()
    assert tab.shown() == rows_of(table, table["age"].between(22, 27))
    assert "22 – 27" in tab.entry("age").locator("summary").inner_text()
    tab.page.keyboard.press("Control+z")
    assert tab.shown() == list(range(N))
    tab.page.keyboard.press("Control+Shift+z")
    assert tab.shown() == rows_of(table, table["age"].between(22, 27))


def test_what_is_filtered_is_selected_colored_and_in_the_address(tab, table, visit, address):
    tab.entry("joined")
    tab.type("joined", low="2025-01-01")
    tab.entry("joined").get_by_role("button", name="the map by it").click()
    # The ends of the colors are days, and not numbers.
    assert "2024-01-0" in tab.page.locator(".legend").inner_text()
    tab.page.wait_for_timeout(600)
    again = ColumnsTab(visit(address + "#" + tab.page.url.partition("#")[2]))
    wanted = rows_of(table, table["joined"] >= "2025-01-01")
    assert again.shown() == wanted
    again.page.get_by_role("button", name="Select them").click()
    assert again.visited.explorer("return [...explorer.store.state.selection.points];") == wanted
    assert again.visited.messages == []


@pytest.mark.parametrize(
    "filter_",
    ["2:range,a,b,0", "99:values,1", "3:values,1", "5:range,0,1,0", "2:range,1", "x", ":"],
)
def test_an_address_that_fits_no_column_filters_nothing(filter_, address, visit):
    visited = visit(f"{address}#explorer&map=0&filter={quote(filter_)}")
    assert ColumnsTab(visited).shown() == list(range(N))
    assert visited.messages == []
