"""The report as a whole: what it says, what it never does, and what it survives."""

import base64
import hashlib
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from latens.exceptions import RunError
from latens.explorer import IN_A_REPORT
from latens.reports import write_report
from latens.reports.blocks import Section
from latens.reports.explorer import Explorer, read_explorer
from latens.reports.page import Page, render
from latens.reports.report import MAX_BYTES, WANTED_BYTES
from latens.reports.resolution import RESOLUTIONS
from latens.reports.run_data import RunData, read_run
from latens.reports.sections.clusters import clusters_section
from latens.reports.sections.codes import codes_section
from latens.reports.sections.filters import filters_section
from latens.reports.sections.generated import generated_section
from latens.reports.sections.overview import verdict
from latens.reports.sections.training import training_section
from latens.runs import Run

Pages = Callable[[Run], Path]

RUNS = ("labeled_run", "color_run", "table_run", "hostile_run")


class Outline(HTMLParser):
    """Tags, identifiers, and the text outside scripts and styles."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._silent = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in ("script", "style"):
            self._silent = tag

    def handle_endtag(self, tag: str) -> None:
        if tag == self._silent:
            self._silent = ""

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def words(self) -> str:
        return " ".join(self.text.split())


@pytest.fixture(scope="session", params=RUNS)
def any_run(request: pytest.FixtureRequest) -> Run:
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="session")
def any_page(any_run: Run, page_of: Pages) -> str:
    return page_of(any_run).read_text(encoding="utf-8")


@pytest.fixture
def copied(small_run: Run, tmp_path: Path) -> Run:
    """A run that a test may damage."""
    shutil.copytree(small_run.path, tmp_path / "run")
    return Run.open(tmp_path / "run")


def outline_of(run: Run, write: Pages = write_report) -> Outline:
    return Outline(write(run).read_text(encoding="utf-8"))


def summary_of(run: Run, write: Pages = write_report) -> dict[str, Any]:
    write(run)
    return json.loads((run.path / "report.json").read_text(encoding="utf-8"))


def both_of(run: Run) -> tuple[Outline, dict[str, Any]]:
    """What one report says to people and to programs."""
    path = write_report(run)
    summary = json.loads((run.path / "report.json").read_text(encoding="utf-8"))
    return Outline(path.read_text(encoding="utf-8")), summary


def part_of(run: Run, *sections: Callable[[RunData], Section | None]) -> Outline:
    """A page of these sections alone, as to draw the others takes seconds."""
    data = read_run(run, RESOLUTIONS[0])
    built = tuple(one for one in (section(data) for section in sections) if one is not None)
    return Outline(render(Page(data, verdict(data), None, (), (), built, (), Explorer.none(""))))


def judgment_of(run: Run) -> str:
    """What the section on codes says of the distribution of those of the autoencoder."""
    data: Any = codes_section(read_run(run, RESOLUTIONS[0])).data
    return data["autoencoder"]["distribution"]["judgement"]


def test_a_page_asks_for_nothing_outside_itself(any_page: str) -> None:
    outline = Outline(any_page)
    sources = [attrs.get("src") or "" for attrs in outline.all("img")]
    assert all(source.startswith("data:image/png;base64,") for source in sources)
    links = [attrs["href"] or "" for attrs in (*outline.all("a"), *outline.all("use"))]
    assert links
    assert all(link.startswith("#") for link in links)
    assert not outline.all("link")
    assert "@import" not in any_page
    assert all(reference[0] == "#" for reference in re.findall(r"url\(([^)]+)\)", any_page))


def test_the_policy_admits_exactly_the_scripts_on_the_page(any_page: str) -> None:
    scripts = re.findall(r"<script>(.*?)</script>", any_page, re.DOTALL)
    assert len(scripts) == 2  # the page's own and the explorer's
    digests = [
        base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts
    ]
    policy = next(
        attrs["content"] or ""
        for attrs in Outline(any_page).all("meta")
        if attrs.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith("default-src 'none'; img-src data:; style-src 'unsafe-inline'; ")
    assert f"script-src 'sha256-{digests[0]}' 'sha256-{digests[1]}';" in policy


def test_every_identifier_is_unique_and_every_link_has_its_target(any_page: str) -> None:
    outline = Outline(any_page)
    identifiers = [attrs["id"] for _, attrs in outline.tags if attrs.get("id")]
    assert len(identifiers) == len(set(identifiers))
    for attrs in (*outline.all("a"), *outline.all("use")):
        link = attrs["href"] or ""
        # The explorer answers addresses of its own.
        assert link[1:] in identifiers or re.fullmatch(r"#explorer&row=\d+", link)
    for reference in re.findall(r"url\(#([^)]+)\)", any_page):
        assert reference in identifiers


def test_every_picture_is_described_and_every_table_is_titled(any_page: str) -> None:
    outline = Outline(any_page)
    drawings = [attrs for attrs in outline.all("svg") if attrs.get("role") == "img"]
    assert len(drawings) == len(outline.all("svg")) > 4
    assert all(attrs.get("aria-label") for attrs in drawings)
    assert all(attrs.get("alt") for attrs in outline.all("img"))
    assert len(outline.all("caption")) == len(outline.all("table")) > 2


def test_headings_descend_in_steps(any_page: str) -> None:
    levels = [int(tag[1]) for tag, _ in Outline(any_page).tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_no_value_is_shown_as_nan_and_no_template_shows_through(any_page: str) -> None:
    words = Outline(any_page).words
    assert not re.search(r"\b(nan|NaN|None|inf|undefined)\b", words)
    # One class of the hostile run is called so; a page that evaluates it would show 49.
    assert "{{" not in words or "{{ 7 * 7 }}" in words


def test_the_file_stays_small_and_the_json_tells_the_same(any_run: Run, any_page: str) -> None:
    assert len(any_page.encode()) < MAX_BYTES
    summary = json.loads((any_run.path / "report.json").read_text(encoding="utf-8"))
    assert (summary["format"], summary["version"]) == ("latens report", 1)
    assert summary["verdict"]["sentence"] == any_run.read("results")["verdict"]["sentence"]
    standings = summary["sections"]["comparison"]["standings"]
    assert {one["part"] for one in standings} == {"train", "held-out"}
    assert not list(any_run.path.glob("*.partial"))


def test_the_same_run_gives_the_same_bytes(small_run: Run, page_of: Pages) -> None:
    first = page_of(small_run).read_bytes()
    assert write_report(small_run).read_bytes() == first


def test_means_and_spreads_are_those_of_the_seeds(color_run: Run, page_of: Pages) -> None:
    rows = [
        row["metrics"]["psnr"]
        for row in color_run.read("results")["rows"]
        if row["representation"] == "vae" and row["part"] == "held-out"
    ]
    silhouettes = [
        row["metrics"]["silhouette_score"]
        for row in color_run.read("results")["rows"]
        if row["representation"] == "vae" and row["part"] == "held-out"
    ]
    summary = summary_of(color_run, page_of)
    standing = next(
        one
        for one in summary["sections"]["comparison"]["standings"]
        if one["representation"] == "vae" and one["part"] == "held-out"
    )
    assert standing["metrics"]["psnr"]["mean"] == pytest.approx(np.mean(rows))
    assert standing["metrics"]["silhouette_score"]["sd"] == pytest.approx(
        np.std(silhouettes, ddof=1)
    )
    assert standing["metrics"]["silhouette_score"]["seeds"] == 3
    words = outline_of(color_run, page_of).words
    assert "mean ± standard deviation over 3 seeds" in words
    assert f"{np.mean(silhouettes):.3f} ± {np.std(silhouettes, ddof=1):.3f}" in words


def test_one_seed_is_called_one_seed(labeled_run: Run, page_of: Pages) -> None:
    words = outline_of(labeled_run, page_of).words
    assert "Held-out samples, one seed" in words
    assert "This is a single run with one seed." in words


def test_labels_are_named_where_they_score_and_absent_where_there_are_none(
    labeled_run: Run, color_run: Run, page_of: Pages
) -> None:
    labeled, unlabeled = outline_of(labeled_run, page_of), outline_of(color_run, page_of)
    assert "scored with labels" in labeled.words
    assert "labels" in {attrs.get("id") for attrs in labeled.all("h2")}
    assert "labels" not in {attrs.get("id") for attrs in unlabeled.all("h2")}
    assert "scored with labels" not in unlabeled.words.replace("nothing is scored with labels", "")


def test_a_table_has_no_images_and_no_decibels(table_run: Run, page_of: Pages) -> None:
    outline = outline_of(table_run, page_of)
    assert not outline.all("img")
    assert "anomalies" in {attrs.get("id") for attrs in outline.all("h2")}
    assert "PSNR" not in outline.words
    assert "values of some samples of the data" in outline.words
    assert "reconstructions" in {attrs.get("id") for attrs in outline.all("h2")}


def test_what_was_not_measured_is_a_row_with_its_reason(labeled_run: Run, page_of: Pages) -> None:
    words = outline_of(labeled_run, page_of).words
    assert words.count("not measured: The package 'umap' is not installed.") == 2


def test_umap_maps_are_shown_or_said_to_be_missing(
    small_run: Run, copied: Run, page_of: Pages
) -> None:
    without = outline_of(small_run, page_of)
    assert "latens[umap]" in without.words
    copied.write_array("umap_raw", copied.array("map_raw"))
    assert "UMAP maps of the same codes" in outline_of(copied).words


def test_hostile_names_are_text_and_nothing_else(hostile_run: Run, page_of: Pages) -> None:
    outline = outline_of(hostile_run, page_of)
    kinds = [attrs.get("type") for attrs in outline.all("script")]
    assert kinds == ["application/octet-stream;base64", None, None]
    assert not [attrs for _, attrs in outline.tags if any(key.startswith("on") for key in attrs)]
    assert "<script>document.title='owned'</script>" in outline.words
    assert "49" not in re.findall(r"\{\{.*?\}\}", outline.words)
    assert "x" * 500 not in outline.words
    assert "This run was interrupted" in outline.words


def test_no_mark_of_direction_or_control_character_is_in_page_or_summary(
    hostile_run: Run, page_of: Pages
) -> None:
    page = page_of(hostile_run)
    for path in (page, page.with_name("report.json")):
        text = path.read_text(encoding="utf-8")
        found = re.findall(
            "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069]", text
        )
        assert found == []
        assert "שלום" in text


def test_the_best_value_of_a_column_is_bold_and_says_so(labeled_run: Run, page_of: Pages) -> None:
    html = page_of(labeled_run).read_text(encoding="utf-8")
    best = re.findall(
        r"<strong><bdi>([\d.−]+)</bdi></strong><span class=\"unseen\"> \(best\)", html
    )
    values = [
        row["metrics"]["psnr"]
        for row in labeled_run.read("results")["rows"]
        if row["part"] == "held-out" and "psnr" in row["metrics"]
    ]
    assert f"{max(values):.2f}" in best
    assert f"{min(values):.2f}" not in best


def test_an_unfinished_run_gets_a_report_that_names_what_is_missing(tmp_path: Path) -> None:
    run = Run.create(tmp_path / "run")
    run.write_info(status="running", data={"name": "digits", "sample_shape": [8, 8]})
    outline, summary = both_of(run)
    assert "This run is not finished" in outline.words
    assert "This run has no verdict yet." in outline.words
    assert {"comparison", "training", "reconstructions", "map"} <= set(summary["missing"])


@pytest.mark.parametrize("pattern", ["map_rows.npy", "[cm]*_*", "[ey]*", "*"])
def test_missing_arrays_leave_the_rest_standing(copied: Run, pattern: str) -> None:
    for path in (copied.path / "arrays").glob(pattern):
        path.unlink()
    outline = outline_of(copied)
    assert "PCA is enough here." in outline.words
    assert len(outline.all("h2")) >= 8


def test_a_model_that_was_not_scored_is_not_shown(copied: Run) -> None:
    results = copied.read("results")
    results["rows"] = [row for row in results["rows"] if row["representation"] != "autoencoder"]
    copied.write("results", results)
    assert "PCA is enough here." in outline_of(copied).words


def test_a_damaged_array_is_named(copied: Run) -> None:
    (copied.path / "arrays" / "map_raw.npy").write_bytes(b"\x93NUMPY broken")
    (copied.path / "arrays" / "codes_autoencoder_test.npy").write_bytes(b"")
    words = outline_of(copied).words
    assert "The array 'map_raw' is damaged." in words
    assert "The array 'codes_autoencoder_test' is damaged." in words


def test_arrays_of_other_lengths_do_not_mislead(copied: Run) -> None:
    copied.write_array("clusters_autoencoder_test", np.zeros(3, dtype=int))
    copied.write_array("map_raw", np.zeros((7, 2)))
    summary = summary_of(copied)
    assert "raw values" not in summary["sections"]["map"]["maps"]


def test_scored_rows_are_matched_with_their_labels(copied: Run) -> None:
    """Where only some held-out rows are scored, codes and clusters belong to those rows."""
    scored = np.arange(0, 20, 2)
    for name in ("codes_autoencoder_test", "clusters_autoencoder_test"):
        copied.write_array(name, np.array(copied.array(name))[scored])
    places = copied.identity.to_places(scored)
    copied.write_array("scored_test", places)
    copied.write_array("map_rows", places[:6])
    for name in copied.arrays():
        if name.startswith("map_") and name != "map_rows":
            copied.write_array(name, np.array(copied.array(name))[scored[:6]])
    summary = summary_of(copied)
    y, clusters = copied.array("y_test")[scored], copied.array("clusters_autoencoder_test")
    counts = np.array(summary["sections"]["labels"]["counts"])
    assert counts.sum() == len(scored)
    found, classes = np.unique(clusters), np.unique(y)
    expected = [[np.sum((clusters == k) & (y == c)) for c in classes] for k in found]
    np.testing.assert_array_equal(counts, expected)
    assert summary["sections"]["map"]["points"] == 6


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("results", {"rows": [{"representation": "raw"}]}),
        ("results", {"rows": [7]}),
        ("results", {"rows": [], "clusters": {"k": "many", "ks": [], "silhouettes": []}}),
        ("results", {"rows": [], "alerts": ["words"]}),
        ("histories", {"autoencoder": {"0": {"epochs": [{"number": 1}]}}}),
        ("histories", {"autoencoder": []}),
    ],
)
def test_damaged_files_end_in_one_line(copied: Run, name: str, content: object) -> None:
    copied.write(name, content)
    (copied.path / "report.html").unlink(missing_ok=True)
    with pytest.raises(RunError, match="do not have the format of a run"):
        write_report(copied)
    assert not (copied.path / "report.html").exists()


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"has no run\.json"):
        write_report(tmp_path)


def test_large_images_are_reduced_until_the_page_fits(tmp_path: Path, copied: Run) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (24, 300, 200, 3), dtype=np.uint8)
    info = copied.read("run")
    copied.write_info(data=info["data"] | {"sample_shape": [300, 200, 3], "data_range": 255.0})
    for name in copied.arrays():
        if name.startswith("examples_"):
            copied.write_array(name, noise)
    outline = outline_of(copied)
    assert (copied.path / "report.html").stat().st_size < WANTED_BYTES
    assert "Held-out images" in outline.words


def test_an_explorer_of_large_pictures_gets_smaller_ones(copied: Run) -> None:
    """Noise is the worst that there is to compress; the report keeps its limit with any data."""
    n = len(copied.array("map_rows"))
    side = int((IN_A_REPORT.pixels / n) ** 0.5)
    noise = np.random.default_rng(0).integers(0, 256, (n, side, side, 3), dtype=np.uint8)
    info = copied.read("run")
    copied.write_info(data=info["data"] | {"sample_shape": [side, side, 3], "data_range": 255.0})
    copied.write_array("map_images", noise)
    explorer = read_explorer(copied, most_bytes=3_000_000)
    assert explorer.is_there
    assert 300_000 < explorer.size <= 3_000_000
    assert read_explorer(copied, most_bytes=MAX_BYTES - WANTED_BYTES).size > 3_000_000


def test_an_unknown_metric_has_its_plain_name_and_no_winner(copied: Run) -> None:
    results = copied.read("results")
    for at, row in enumerate(results["rows"]):
        row["metrics"] = {"taste_of_codes": float(at)}
    copied.write("results", results)
    words = outline_of(copied).words
    assert "taste of codes" in words
    assert "(best)" not in words


def test_layers_and_new_samples_are_shown_for_images_and_missed_by_nobody_else(
    labeled_run: Run, table_run: Run, page_of: Pages
) -> None:
    images, table = outline_of(labeled_run, page_of), outline_of(table_run, page_of)
    identifiers = {attrs.get("id") for attrs in images.all("svg")}
    names = {f"{what}-0-{layer}" for what in ("filters", "patches") for layer in ("1", "2", "code")}
    assert names | {"generated-samples"} <= identifiers
    assert "Layer 2, a dense layer of 40 units. The first 16 are shown." in images.words
    assert "what it sees, 3 × 3 pixels" in images.words
    headings = {attrs.get("id") for attrs in table.all("h2")}
    assert not {"generated", "inside"} & headings


def test_the_first_model_is_open_and_the_others_are_folded(color_run: Run, page_of: Pages) -> None:
    outline = outline_of(color_run, page_of)
    folds = [attrs for attrs in outline.all("details") if attrs.get("class") == "fold"]
    # The walks of the second model, the layers of both, and which samples are similar.
    assert ["open" in fold for fold in folds] == [False, True, False, False]
    assert "Walks through the codes of vae" in outline.words
    assert "Inside autoencoder" in outline.words
    assert "Inside vae" in outline.words


def test_arrays_of_layers_that_are_missing_leave_the_others(copied: Run) -> None:
    (copied.path / "arrays" / "filters_autoencoder_1.npy").unlink()
    copied.write_array("patches_autoencoder_2", np.zeros((3, 2)))
    copied.write_array("generated_autoencoder", np.zeros((24, 3, 3)))
    outline = part_of(copied, filters_section, generated_section)
    identifiers = {attrs.get("id") for attrs in outline.all("svg")}
    assert "filters-0-code" in identifiers
    assert not {"filters-0-1", "filters-0-2", "generated-samples"} & identifiers
    assert "This run holds no new samples of autoencoder." in outline.words


def test_the_distribution_is_judged_by_draws_where_there_are_some(copied: Run) -> None:
    """Means of a posterior are too narrow by nature; draws from it are what the prior is for."""
    n, generator = 300, np.random.default_rng(0)
    means = 0.3 * generator.normal(size=(n, 4))
    copied.write_array("codes_autoencoder_test", means)
    assert judgment_of(copied) == "Bad: too narrow."
    copied.write_array("draws_autoencoder_test", means + 0.95 * generator.normal(size=(n, 4)))
    outline, summary = both_of(copied)
    after = summary["sections"]["codes"]["autoencoder"]["distribution"]
    assert after["judgement"].startswith("Good")
    words = outline.words
    assert f"draws of the codes of {n} held-out samples" in words
    assert "Good: draws from N(0, I) fall where the codes are." in words


def test_a_few_codes_are_not_judged(copied: Run) -> None:
    copied.write_array("codes_autoencoder_test", np.random.default_rng(0).normal(size=(40, 2)))
    assert "Too few codes to judge." in part_of(copied, codes_section).words


@pytest.mark.parametrize(
    ("codes", "fault"),
    [
        (lambda Z: Z - np.array([3, 0, 0, 0]), "not centered"),
        (lambda Z: Z * [1, 5, 1, 1], "too wide"),
        (lambda Z: Z * [1, 1, 0, 1], "too narrow"),
        (lambda Z: Z + 2 * np.sign(Z), "with gaps"),
        (lambda Z: np.repeat(Z[:, :1], 4, axis=1), "not of its shape"),
    ],
)
def test_every_fault_of_a_distribution_is_named(copied: Run, codes: Any, fault: str) -> None:
    Z = np.random.default_rng(1).normal(size=(400, 4))
    copied.write_array("codes_autoencoder_test", codes(Z))
    judgment = judgment_of(copied)
    assert judgment.startswith("Bad: ")
    assert fault in judgment


def test_many_models_are_compared_on_one_page(copied: Run) -> None:
    """The maps of the first model stay in sight, those of the others are folded."""
    results, histories = copied.read("results"), copied.read("histories")
    kinds = [f"kind-{at}" for at in range(4)]
    rows = [row for row in results["rows"] if row["representation"] == "autoencoder"]
    for kind in kinds:
        results["rows"] += [{**row, "representation": kind, "label": kind} for row in rows]
        results["layers"][kind] = results["layers"]["autoencoder"]
        histories[kind] = histories["autoencoder"]
        for name in copied.arrays():
            if "_autoencoder" in name:
                copied.write_array(name.replace("autoencoder", kind), copied.array(name))
    copied.write("results", results)
    copied.write("histories", histories)
    outline, summary = both_of(copied)
    assert (copied.path / "report.html").stat().st_size < WANTED_BYTES
    assert outline.words.count("4 more maps, by") == 2
    assert outline.words.count("Inside kind-") == 4
    assert outline.words.count("The codes of kind-") == 2
    assert len(summary["sections"]["map"]["maps"]) == 7
    assert len(summary["sections"]["generated"]["models"]) == 5


def test_the_precision_of_a_training_is_shown_with_its_reason(copied: Run) -> None:
    histories = copied.read("histories")
    assert "was trained in" not in part_of(copied, training_section).words
    for history in histories["autoencoder"].values():
        history |= {"precision": "bfloat16", "precision_reason": "a step took 12 ms"}
    copied.write("histories", histories)
    assert (
        "was trained in bfloat16, as a step took 12 ms." in part_of(copied, training_section).words
    )


def test_sections_are_in_their_order(labeled_run: Run, page_of: Pages) -> None:
    headings = [attrs.get("id") for attrs in outline_of(labeled_run, page_of).all("h2")]
    assert headings == [
        "comparison",
        "classes",
        "training",
        "reconstructions",
        "baselines",
        "clusters",
        "labels",
        "map",
        "codes",
        "walks",
        "inside",
        "anomalies",
        "similar",
        "generated",
        "next",
        "reproduce",
        "contents",
    ]


def test_a_model_is_worth_as_many_components_as_keep_as_much(
    labeled_run: Run, page_of: Pages
) -> None:
    kept = summary_of(labeled_run, page_of)["sections"]["baselines"]["kept"]
    variance = labeled_run.read("results")["variance"]
    model = next(one for one in kept if one["representation"] == "autoencoder")
    error = np.mean(labeled_run.array("errors_autoencoder_test"))
    assert model["share"] == pytest.approx(1 - error / variance["total"])
    shares = np.cumsum(variance["shares"])
    needed = int(model["components"])
    assert shares[needed - 1] >= model["share"] > ([0.0, *shares][needed - 1])


def test_the_worst_samples_are_those_of_the_largest_errors(
    labeled_run: Run, page_of: Pages
) -> None:
    samples = summary_of(labeled_run, page_of)["sections"]["anomalies"]["samples"]
    errors = labeled_run.array("errors_autoencoder_test")
    examples = labeled_run.array("example_rows")
    worst = labeled_run.identity.held_out[errors.argmax()]
    assert samples[0]["row"] == labeled_run.identity.rows[worst]
    found = [one["error"] for one in samples]
    assert found == sorted(found, reverse=True)
    assert {one["row"] for one in samples} == set(examples[-5:].tolist())
    for one in samples:
        assert one["percentile"] == pytest.approx(100 * np.mean(errors < one["error"]))
    assert set(samples[0]["percentiles"]) == {"PCA"}


def test_files_are_named_where_the_run_knows_them(copied: Run) -> None:
    known = copied.identity
    names = [f"<i>{at}.png" for at in range(len(known.rows))]
    rows = 3 * known.rows + 1  # as if two of three files could not be read
    copied.write_identity(replace(known, rows=rows, ids=names, id_name="file"))
    outline, summary = both_of(copied)
    samples = summary["sections"]["anomalies"]["samples"]
    worst = copied.array("example_rows")[::-1][: len(samples)]
    assert [one["row"] for one in samples] == rows[worst].tolist()
    assert [one["id"] for one in samples] == [names[place] for place in worst]
    assert {one["part"] for one in samples} == {"held-out"}
    assert names[worst[0]] in outline.words
    places = copied.array("neighbours_autoencoder")
    assert summary["sections"]["similar"]["neighbours"]["autoencoder"] == rows[places].tolist()
    first = places[0, 0]
    assert f"row {rows[first]} ({names[first]}, held out)" in outline.words


def test_samples_on_the_map_that_were_trained_on_change_no_figure(copied: Run) -> None:
    _, before = both_of(copied)
    for name in [one for one in copied.arrays() if one.startswith("map_")]:
        array = np.array(copied.array(name))
        more = np.arange(5) if name == "map_rows" else np.zeros((5, *array.shape[1:]), array.dtype)
        copied.write_array(name, np.concatenate([array, more]))
    _, after = both_of(copied)
    for name in ("clusters", "map", "anomalies", "similar", "classes"):
        assert after["sections"][name] == before["sections"][name], name


@pytest.mark.parametrize("which", ["small_run", "table_run"])
def test_clusters_name_the_samples_in_their_middle(which, request) -> None:
    run = request.getfixturevalue(which)
    outline, summary = both_of(run)
    clusters = run.array("clusters_autoencoder_test")
    codes = run.array("codes_autoencoder_test")
    for one in summary["sections"]["clusters"]["clusters"]:
        numbers = run.identity.to_numbers(np.array(one["closest"]))
        assert 0 < len(numbers) <= 6
        assert set(clusters[numbers]) == {one["cluster"]}
        middle = codes[clusters == one["cluster"]].mean(axis=0)
        distances = np.linalg.norm(codes - middle, axis=1)[numbers]
        assert (np.diff(distances) >= -1e-9).all()
        assert f"row {one['closest'][0]}" in outline.words


def test_numbers_of_a_run_that_does_not_know_its_rows_are_called_so(copied: Run) -> None:
    for name in ("rows", "part"):
        (copied.path / "arrays" / f"{name}.npy").unlink()
    for name in ("example_rows", "map_rows", "neighbours_autoencoder", "neighbours_raw"):
        copied.write_array(name, copied.array(name) - copied.info.data.n_train)
    outline, summary = both_of(copied)
    assert summary["sections"]["anomalies"]["numbers"] == "held-out sample"
    assert "Held-out sample" in outline.words
    assert "Row" not in outline.words.split()


@pytest.mark.parametrize("name", ["map_rows", "example_rows", "neighbours_autoencoder"])
def test_places_of_samples_that_were_trained_on_are_no_held_out_ones(
    copied: Run, name: str
) -> None:
    copied.write_array(name, np.zeros_like(copied.array(name)))
    problem = f"The array '{name}' holds something else than places of held-out samples."
    assert problem in outline_of(copied).words


def test_every_criterion_is_drawn_with_its_own_choice(labeled_run: Run, page_of: Pages) -> None:
    html = page_of(labeled_run).read_text(encoding="utf-8")
    assert "They would choose: Silhouette 5, Davies Bouldin 3." in html


def test_a_run_of_one_criterion_shows_its_silhouettes(copied: Run) -> None:
    results = copied.read("results")
    del results["clusters"]["criteria"]
    copied.write("results", results)
    identifiers = {attrs.get("id") for attrs in part_of(copied, clusters_section).all("svg")}
    assert "silhouettes" in identifiers
    assert "criteria" not in identifiers


def test_no_clear_number_of_clusters_is_said_with_the_reason(copied: Run) -> None:
    results = copied.read("results")
    results["clusters"] |= {"is_clear": False, "reason": "PCA: no gaps"}
    copied.write("results", results)
    assert (
        "There is no clear number of clusters (PCA: no gaps)."
        in part_of(copied, clusters_section).words
    )
    results["clusters"] |= {"is_clear": True}
    copied.write("results", results)
    assert "no clear number" not in part_of(copied, clusters_section).words


def test_merged_classes_are_named_with_their_shares(labeled_run: Run, page_of: Pages) -> None:
    summary = summary_of(labeled_run, page_of)["sections"]["labels"]
    clusters = labeled_run.array("clusters_autoencoder_test")
    y = labeled_run.array("y_test")
    assert summary["merged"]
    for one in summary["merged"]:
        counts = np.sort(np.bincount(y[clusters == one["cluster"]]))[::-1]
        assert one["counts"] == [n for n in counts.tolist() if n >= 0.1 * counts.sum()]
    words = outline_of(labeled_run, page_of).words
    assert "Clusters that merge classes" in words


def test_a_table_lists_its_neighbors_by_their_values(table_run: Run, page_of: Pages) -> None:
    outline = outline_of(table_run, page_of)
    rows = table_run.array("neighbours_autoencoder")
    assert f"Row {rows[0, 0]} (held out) and what is closest" in outline.words
    assert "1, by autoencoder" in outline.words
    headings = {attrs.get("id") for attrs in outline.all("h2")}
    assert "walks" not in headings


def test_without_an_explorer_the_page_says_why(copied: Run) -> None:
    copied.write_array("codes_autoencoder_test", np.zeros((3, 2)))
    outline = outline_of(copied)
    assert "should hold a row for each scored sample." in outline.words
    assert len(outline.all("script")) == 1


def test_an_explorer_that_is_too_large_is_left_out(small_run: Run) -> None:
    assert read_explorer(small_run, most_bytes=10**7).script_hash.startswith("sha256-")
    refused = read_explorer(small_run, most_bytes=1_000)
    assert (refused.html, refused.size) == ("", 0)
    assert "latens explore RUN" in refused.why_not
