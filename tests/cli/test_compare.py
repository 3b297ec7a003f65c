"""`latens compare`: what is said of two runs, and the page with both maps."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits

from latens._identity import Identity
from latens.applications import compare_runs
from latens.applications.compare.neighborhoods import shared_neighbors
from latens.applications.compare.samples import same_data
from latens.exceptions import ParameterError
from latens.reports import write_comparison
from latens.runs import Run
from latens.studies import check_study, run_study

N = 200


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("compared")
    digits = load_digits()
    np.savez(folder / "digits.npz", X=digits.images[:N].astype(np.uint8), y=digits.target[:N])
    return folder


def trained(folder: Path, name: str, size: int, seed: int = 0) -> Run:
    model = {
        "latent_dim": size,
        "network": "mlp",
        "network_parameters": {"hidden": [64]},
        "trainer": {"max_epochs": 8},
    }
    content = {
        "data": {"source": str(folder / "digits.npz")},
        "models": [model],
        "seeds": 2,
        "seed": seed,
        "clusters": 5,
    }
    return run_study(check_study(content, "a test"), folder / name)


@pytest.fixture(scope="module")
def small(folder: Path) -> Run:
    return trained(folder, "small", 1)


@pytest.fixture(scope="module")
def large(folder: Path) -> Run:
    return trained(folder, "large", 12)


def test_a_difference_counts_where_it_exceeds_the_spread_over_seeds(small, large) -> None:
    found = compare_runs(small, large)
    assert ("models.latent_dim", "1", "12") in found.settings
    by_metric = {(one.representation, one.metric.name): one for one in found.scores}
    error = by_metric["model", "mean_squared_error"]
    values = [
        [
            row.metrics["mean_squared_error"]
            for row in run.results.rows
            if row.representation == "autoencoder" and row.part == "held-out"
        ]
        for run in (small, large)
    ]
    assert error.means == tuple(pytest.approx(np.mean(one)) for one in values)
    assert error.spreads == tuple(pytest.approx(np.std(one, ddof=1)) for one in values)
    # Of errors less is better: the difference is that of A less B.
    assert error.difference.mean == pytest.approx(np.mean(values[0]) - np.mean(values[1]))
    assert error.outcome == ("better" if error.difference.low > 0 else "within the spread")
    # Clusters of other codes stand apart in another space.
    assert by_metric["model", "silhouette_score"].outcome == "other space"
    assert by_metric["raw values", "silhouette_raw"].outcome == "the same"
    assert found.sentence.startswith(("B is better in ", "A and B score alike."))
    clear = [
        one.metric.label
        for one in found.scores
        if one.outcome == "better" and one.representation == "model"
    ]
    assert clear
    assert f"better in {', '.join(clear)}" in found.headline


def test_a_run_is_the_same_as_itself(large) -> None:
    found = compare_runs(large.path, str(large.path))
    assert found.settings == ()
    assert found.headline.startswith("A and B have the same ")
    assert (found.common.neighbors.shares == 1).all()
    assert found.common.agreement == 1
    assert len(found.frame()) == N


def test_shares_of_neighbors_are_those_counted_one_by_one(small, large) -> None:
    found = compare_runs(small, large, k=5)
    known = found.frame().set_index("row")["neighbors_kept"]

    def nearest(run: Run) -> dict[int, set[int]]:
        places = np.concatenate([run.array("scored_train"), run.array("scored_test")])
        codes = np.concatenate(
            [run.array(f"codes_autoencoder_{part}") for part in ("train", "test")]
        )
        distances = np.square(codes[:, None] - codes[None].astype(float)).sum(2)
        np.fill_diagonal(distances, np.inf)
        return {
            int(place): set(places[np.argsort(line)[:5]].tolist())
            for place, line in zip(places, distances, strict=True)
        }

    first, second = nearest(small), nearest(large)
    wanted = {row: len(first[row] & second[row]) / 5 for row in first}
    assert known.to_dict() == pytest.approx(wanted)
    moved = found.moved_table(5)
    assert [known[row[0]] for row in moved.rows] == sorted(known)[:5]


def test_neighbors_in_both_are_as_many_as_chance_gives_for_unrelated_codes(rng) -> None:
    found = shared_neighbors(rng.normal(size=(500, 3)), rng.normal(size=(500, 3)), 10)
    assert found.shares.mean() == pytest.approx(found.by_chance, abs=0.01)


def made(path: Path, fingerprint: str, ids: tuple[str, ...] | None, source: str) -> Run:
    run = Run.create(path)
    run.write_info(data={"fingerprint": fingerprint, "source": source, "sample_shape": [2]})
    n = 4 if ids is None else len(ids)
    run.write_identity(Identity(np.arange(n), ids, np.zeros(n, np.uint8)))
    return run


def test_samples_are_joined_by_row_of_the_same_data_and_by_name_of_others(tmp_path: Path) -> None:
    plain = made(tmp_path / "plain", "a", None, "x.csv")
    again = made(tmp_path / "again", "a", None, "x.csv")
    split = made(tmp_path / "split", "b", None, "x.csv")
    named = made(tmp_path / "named", "c", ("u", "v", "w"), "one")
    other = made(tmp_path / "other", "d", ("w", "x", "u"), "two")
    assert same_data(plain, again).scores_compare
    assert same_data(plain, split).level == "other parts"
    assert same_data(plain, split).partners(plain.identity, split.identity).tolist() == [0, 1, 2, 3]
    joined = same_data(named, other)
    assert joined.level == "same names"
    assert joined.partners(named.identity, other.identity).tolist() == [2, -1, 0]
    assert "2 samples have the same names" in joined.sentence
    assert same_data(plain, named).level == "different"
    assert "scores do not compare" in same_data(plain, named).sentence


def test_runs_on_other_data_are_not_compared_and_it_is_said(small, customers_run, tmp_path) -> None:
    found = compare_runs(small, customers_run)
    assert found.sentence.startswith(
        "The scores of A and B do not compare. The runs are of different data"
    )
    assert all(
        row[-1] in ("other samples", "other space", None) for row in found.score_table().rows
    )
    page = write_comparison(found, tmp_path / "c.html").read_text(encoding="utf-8")
    assert "their maps cannot be linked" in page
    assert "latens-explorer-data" not in page


def test_the_command_prints_writes_a_page_and_replaces_none(
    small, large, latens_cli, tmp_path
) -> None:
    code, out, err = latens_cli("compare", small.path, large.path, "--out", "c.html")
    assert code == 0, err
    assert "models.latent_dim" in out
    assert "nearest rows in B" in out
    assert (tmp_path / "c.html").stat().st_size < 3_000_000
    assert latens_cli("compare", small.path, large.path, "--out", "c.html")[0] != 0
    flags = ("--out", "c.html", "--overwrite", "--json")
    found = json.loads(latens_cli("compare", small.path, large.path, *flags)[1])
    assert found["data"] == "same"
    assert 0 < found["neighbors_kept"] < 1
    # Of three there are tables.
    code, out, _ = latens_cli("compare", small.path, large.path, small.path, "--out", "three.html")
    assert code == 0
    assert "3 runs side by side." in out
    assert latens_cli("compare", small.path, "--out", "one.html")[0] == 2
    with pytest.raises(ParameterError, match="takes two to 10 runs"):
        compare_runs(small)


def test_names_of_runs_and_settings_stay_text(small, tmp_path) -> None:
    copy = tmp_path / "<script>document.title='owned'<"
    shutil.copytree(small.path, copy)
    run = Run.open(copy)
    study = run.read("run")["study"]
    study["data"]["label_column"] = "</script><img src=x onerror=alert(1)>"
    run.write_info(study=study)
    page = write_comparison(compare_runs(small, run), tmp_path / "c.html").read_text()
    assert "<script>document.title" not in page
    assert "<img src=x" not in page


@pytest.mark.browser
def test_both_maps_show_the_same_samples_and_hover_links_them(
    small, large, browser, tmp_path
) -> None:
    found = compare_runs(small, large)
    path = write_comparison(found, tmp_path / "c.html")
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    messages, requests = [], []
    page.on("console", lambda message: messages.append(message.text))
    page.on("pageerror", lambda error: messages.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(path.as_uri())
    page.wait_for_selector("#latens-explorer")
    page.wait_for_timeout(300)
    explorer = "document.getElementById('latens-explorer').explorer"
    state = page.evaluate(
        f"""() => {{
        const {{ store, points }} = {explorer};
        const {{ maps, color, selection }} = store.state;
        return {{
          maps, column: points.columns[color].name, selected: [...selection.points],
          rows: [...points.rows], kept: [...points.columns[color].values],
          places: maps.map((one) => [[...points.clouds[one].x], [...points.clouds[one].y]]),
        }};
      }}"""
    )
    assert len(state["maps"]) == 2
    assert state["column"] == "neighbors in both"
    shares = found.frame().set_index("row")["neighbors_kept"]
    assert state["kept"] == pytest.approx([shares[row] for row in state["rows"]], abs=1e-6)
    # Selected are those that keep the fewest.
    chosen = sorted(state["kept"])[: len(state["selected"])]
    assert sorted(state["kept"][at] for at in state["selected"]) == pytest.approx(chosen)
    for run, (x, y) in zip((small, large), state["places"], strict=True):
        at = {
            row: place
            for place, row in enumerate(run.identity.rows[run.array("map_rows")].tolist())
        }
        places = run.array("map_autoencoder")[[at[row] for row in state["rows"]]]
        # Maps are drawn in units of their own.
        for axis, values in zip(places.T, (x, y), strict=True):
            assert np.corrcoef(axis, values)[0, 1] == pytest.approx(1, abs=1e-4)
    page.locator("#latens-explorer").scroll_into_view_if_needed()
    place = page.evaluate(
        f"""() => {{
        const {{ panes, points }} = {explorer};
        const [pane] = panes;
        const box = pane.marks.getBoundingClientRect();
        const [x, y] = pane.toScreen(pane.cloud.x[7], pane.cloud.y[7]);
        return [box.left + x, box.top + y];
      }}"""
    )
    page.mouse.move(*place)
    page.wait_for_timeout(150)
    hover, drawn = page.evaluate(
        f"""() => {{
        const {{ panes, store }} = {explorer};
        const {{ hover }} = store.state;
        const other = panes[1];
        const ratio = other.marks.width / other.element.clientWidth;
        const [x, y] = other.toScreen(other.cloud.x[hover], other.cloud.y[hover]);
        const around = other.marks.getContext("2d").getImageData(x * ratio - 12, y * ratio - 12, 24, 24).data;
        return [hover, around.some((value, at) => at % 4 === 3 && value > 0)];
      }}"""
    )
    assert hover >= 0
    assert drawn, "the sample under the pointer is marked on the other map, too"
    assert not messages
    assert requests == [path.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    context.close()
