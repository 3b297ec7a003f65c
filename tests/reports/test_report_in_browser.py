"""The page in a real browser: quiet, contained, and usable on a small screen and without scripts."""

import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from latens.runs import Run, next_steps
from latens.studies import check_study, run_study

pytestmark = pytest.mark.browser

RUNS = ("labeled_run", "color_run", "table_run", "hostile_run")
_WATCH = """
window.violations = [];
document.addEventListener('securitypolicyviolation', e => window.violations.push(e.violatedDirective));
"""


@dataclass
class Visit:
    """A page that was opened, and everything it did."""

    page: Any
    messages: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@pytest.fixture
def visit(browser: Any, page_of: Callable[[Run], Path]) -> Iterator[Any]:
    contexts = []

    def open_page(run: Run, **options: Any) -> Visit:
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        visited = Visit(page)
        page.on("console", lambda message: visited.messages.append(message.text))
        page.on("pageerror", lambda error: visited.messages.append(str(error)))
        page.on("request", lambda request: visited.requests.append(request.url))
        page.add_init_script(_WATCH)
        page.goto(page_of(run).as_uri())
        return visited

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def trained_run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run from end to end, of little data and few epochs."""
    model = {
        "latent_dim": 3,
        "network": "mlp",
        "network_parameters": {"hidden": [32]},
        "trainer": {"max_epochs": 4},
    }
    study = check_study(
        {"data": {"source": "digits"}, "models": [model], "max_scored": 150, "clusters": 4},
        "a test",
    )
    return run_study(study, tmp_path_factory.mktemp("trained") / "run")


@pytest.fixture(params=RUNS)
def any_run(request: pytest.FixtureRequest) -> Run:
    return request.getfixturevalue(request.param)


def test_the_page_is_quiet_and_loads_only_itself(any_run: Run, visit: Any) -> None:
    visited = visit(any_run)
    assert visited.messages == []
    outside = [url for url in visited.requests if not url.startswith("data:")]
    assert outside == [(any_run.path / "report.html").as_uri()]
    assert visited.page.evaluate("window.violations") == []
    assert visited.page.evaluate("[...document.images].every(image => image.naturalWidth > 0)")


@pytest.mark.parametrize("width", [1280, 390])
def test_the_contents_stay_in_sight_and_say_which_section_is_read(
    labeled_run: Run, visit: Any, width: int
) -> None:
    page = visit(labeled_run, viewport={"width": width, "height": 844}).page
    contents = page.get_by_role("navigation", name="On this page")
    for name in ("Anomalies", "Comparison", "Next steps"):
        contents.get_by_role("link", name=name).click()
        page.wait_for_timeout(100)
        bar = contents.bounding_box()
        assert bar["y"] == pytest.approx(0, abs=1)
        assert contents.locator("[aria-current]").all_inner_texts() == [name]
        link = contents.locator("[aria-current]").bounding_box()
        assert 0 <= link["x"] <= width - link["width"]
        heading = page.get_by_role("heading", name=name).bounding_box()
        assert bar["y"] + bar["height"] <= heading["y"] < 400
    page.emulate_media(media="print")
    assert not contents.is_visible()
    assert not page.locator("button.copy").first.is_visible()


@pytest.mark.parametrize("has_clipboard", [True, False])
def test_a_command_is_copied_by_key_with_the_folder_of_the_page(
    labeled_run: Run, visit: Any, has_clipboard: bool
) -> None:
    page = visit(labeled_run).page
    if not has_clipboard:  # as in browsers that give none to a page from a file
        page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    command = f"latens search {shlex.quote(str(labeled_run.path))} --duplicates"
    button = page.get_by_role("button", name=f"Copy: {command[:80]}").last
    button.focus()
    page.keyboard.press("Enter")
    page.wait_for_timeout(100)
    assert button.inner_text() == "Copied"
    assert page.get_by_role("status").first.inner_text() == "Copied"
    page.evaluate("document.querySelector('main').append(document.createElement('textarea'))")
    page.locator("textarea").focus()
    page.keyboard.press("Control+V")
    assert page.locator("textarea").input_value() == command


def test_every_command_and_the_fingerprint_have_a_button_that_copies(
    labeled_run: Run, visit: Any
) -> None:
    page = visit(labeled_run).page
    copied = page.evaluate(
        "[...document.querySelectorAll('button.copy')].map(one => one.ariaLabel.slice(6))"
    )
    commands = [command for command, _ in next_steps(labeled_run.info, str(labeled_run.path))]
    wanted = [*commands, labeled_run.fingerprint, str(labeled_run.info.command)]
    assert {one[:80] for one in wanted} <= set(copied)


def test_an_anomaly_leads_to_its_place_on_the_map(trained_run: Run, visit: Any) -> None:
    page = visit(trained_run).page
    link = page.locator("section[aria-labelledby=anomalies] td a, [aria-labelledby=anomalies] th a")
    row = int(link.nth(1).inner_text())
    link.nth(1).click()
    page.wait_for_timeout(300)
    explorer = "document.getElementById('latens-explorer').explorer"
    assert page.evaluate(f"{explorer}.points.rows[{explorer}.store.state.point]") == row
    host = page.locator("#latens-explorer")
    assert 0 <= host.bounding_box()["y"] < 200
    assert host.get_by_text(f"Row {row} (held out)").first.is_visible()
    page.evaluate("location.hash = '#explorer&row=987654'")
    page.wait_for_timeout(200)
    assert "Row 987654 is not among the samples" in host.get_by_role("status").inner_text()


def test_the_comparison_is_not_cut_at_the_width_of_a_notebook(trained_run: Run, visit: Any) -> None:
    page = visit(trained_run, viewport={"width": 1280, "height": 844}).page
    table = page.locator("[aria-labelledby=comparison] .scroll:has(table)").first
    assert table.locator("thead tr:last-child th").count() >= 14
    assert table.evaluate("one => one.scrollWidth <= one.clientWidth")


def test_hostile_names_do_not_run(hostile_run: Run, visit: Any) -> None:
    visited = visit(hostile_run)
    assert "owned" not in visited.page.title().replace("document.title='owned'", "")
    assert visited.page.title().endswith("latens report")
    # The page's own and the explorer's, which has taken its data, a third element, out of the page.
    assert visited.page.evaluate("document.scripts.length") == 2
    assert visited.page.evaluate("document.querySelectorAll('[onerror], [onload]').length") == 0


def test_the_page_never_scrolls_sideways(any_run: Run, visit: Any) -> None:
    page = visit(any_run).page
    for width in (390, 768, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_everything_is_there_without_scripts(labeled_run: Run, visit: Any) -> None:
    visited = visit(labeled_run, java_script_enabled=False)
    page = visited.page
    assert page.locator("h1").is_visible()
    assert page.locator("table").first.is_visible()
    assert page.locator("svg[role=img]").first.is_visible()
    assert not page.locator("#theme").is_visible()
    page.locator("summary", has_text="Show the settings").click()
    assert page.locator("pre", has_text='source = "digits"').is_visible()


def test_a_point_is_decoded_inside_the_page(trained_run: Run, visit: Any) -> None:
    visited = visit(trained_run)
    page = visited.page
    find = "document.getElementById('latens-explorer').explorer"
    for _ in range(100):
        if page.evaluate(f"{find} !== undefined"):
            break
        page.wait_for_timeout(50)
    canvas = page.locator("#latens-explorer .pair canvas").first
    canvas.scroll_into_view_if_needed()
    pixels = "canvas => canvas.toDataURL()"
    before = canvas.evaluate(pixels)
    page.get_by_role("slider", name="code_0").press("End")
    page.wait_for_timeout(200)
    assert canvas.evaluate(pixels) != before
    assert visited.messages == []
    assert page.evaluate("window.violations") == []
    outside = [url for url in visited.requests if not url.startswith(("data:", "blob:"))]
    assert [url.partition("#")[0] for url in outside] == [page.url.partition("#")[0]]


def test_paper_has_the_maps_and_not_the_explorer(labeled_run: Run, visit: Any) -> None:
    page = visit(labeled_run).page
    assert page.locator("#latens-explorer").is_visible()
    page.emulate_media(media="print")
    assert not page.locator("#latens-explorer").is_visible()
    assert page.locator("#map-label").is_visible()
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_maps_are_pictures_without_scripts(labeled_run: Run, visit: Any) -> None:
    page = visit(labeled_run, java_script_enabled=False).page
    assert page.locator("#map-label").is_visible()
    words = page.locator("#latens-explorer noscript p")
    assert words.is_visible()
    assert "needs scripts" in words.inner_text()


def test_the_page_follows_the_system_and_the_button(labeled_run: Run, visit: Any) -> None:
    background = "getComputedStyle(document.body).backgroundColor"
    light = visit(labeled_run, color_scheme="light").page
    dark = visit(labeled_run, color_scheme="dark").page
    assert light.evaluate(background) != dark.evaluate(background)
    expected = dark.evaluate(background)
    light.locator("#theme").click()
    assert light.evaluate(background) == expected


def test_drawings_turn_with_the_page(labeled_run: Run, visit: Any) -> None:
    color = "getComputedStyle(document.querySelector('svg[role=img] text')).fill"
    light = visit(labeled_run, color_scheme="light").page.evaluate(color)
    dark = visit(labeled_run, color_scheme="dark").page.evaluate(color)
    assert light != dark


def test_the_first_tab_leads_past_the_head(labeled_run: Run, visit: Any) -> None:
    page = visit(labeled_run).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_text_stands_out_from_its_ground(any_run: Run, visit: Any) -> None:
    """WCAG 2 asks for a contrast of 4.5 between text and ground, in either theme."""
    script = """() => {
      const parse = c => c.match(/[\\d.]+/g).slice(0, 3).map(Number);
      const light = c => parse(c).map(v => v / 255)
        .map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
        .reduce((sum, v, at) => sum + v * [.2126, .7152, .0722][at], 0);
      const ground = light(getComputedStyle(document.body).backgroundColor);
      const worst = [...document.querySelectorAll('h1, h2, p, dt, dd, th, td, a, figcaption')]
        .map(e => light(getComputedStyle(e).color))
        .map(v => (Math.max(v, ground) + .05) / (Math.min(v, ground) + .05));
      return Math.min(...worst);
    }"""
    for scheme in ("light", "dark"):
        assert visit(any_run, color_scheme=scheme).page.evaluate(script) >= 4.5
