"""A sample has one row number, one name and one part, in every verb, page and file."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from latens.runs import Run
from latens.studies import check_study, run_study

N = 60
# Left out: a file that does not open, one that ends too soon, and a row with a gap.
LEFT_OUT = (11, 30)


def trained(source: Path, out: Path, **data: object) -> Run:
    model = {"latent_dim": 2, "network": "mlp", "trainer": {"max_epochs": 2}}
    content = {"data": {"source": str(source), **data}, "models": [model], "clusters": 3}
    return run_study(check_study(content, "a test"), out)


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run on images, each of a grey that is its row, two of which cannot be read."""
    folder = tmp_path_factory.mktemp("photos") / "photos"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for row in range(N):
        pixels = 4 * row + rng.integers(0, 3, (6, 5))
        Image.fromarray(pixels.astype(np.uint8)).save(folder / f"photo {row}.png")
    (folder / f"photo {LEFT_OUT[0]}.png").write_bytes(b"no image")
    whole = (folder / f"photo {LEFT_OUT[1]}.png").read_bytes()
    (folder / f"photo {LEFT_OUT[1]}.png").write_bytes(whole[: len(whole) // 2])
    return trained(folder, folder.with_name("run"))


@pytest.fixture(scope="module")
def customers(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run on a table of which two rows have gaps, with a column of names."""
    path = tmp_path_factory.mktemp("customers") / "customers.csv"
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.normal(size=(N, 3)), columns=["age", "visits", "spent"])
    table["age"] = np.arange(N) / 10
    table.insert(0, "name", [f"customer-{1000 - row:04d}" for row in range(N)])
    table.loc[list(LEFT_OUT), "spent"] = np.nan
    table.to_csv(path, index=False)
    return trained(path, path.with_name("run"), missing="drop", id_column="name")


def name_of(run: Run, row: int) -> str:
    return f"photo {row}.png" if "photos" in str(run.path) else f"customer-{1000 - row:04d}"


@pytest.fixture(params=["photos", "customers"])
def run(request: pytest.FixtureRequest) -> Run:
    return request.getfixturevalue(request.param)


def truth(run: Run) -> dict[int, str]:
    """The part of every row that was kept, found without what the run says of rows."""
    from latens.studies.preparation import prepared_again

    data = prepared_again(run)
    if data.is_images:
        of = {part: (X.mean(axis=(1, 2)) // 4).astype(int) for part, X in parts_of(data)}
    else:
        of = {part: (10 * X[:, 0]).round().astype(int) for part, X in parts_of(data)}
    return {int(row): part for part, rows in of.items() for row in rows}


def parts_of(data) -> list[tuple[str, np.ndarray]]:
    return [("train", np.asarray(data.train.X)), ("held-out", np.asarray(data.test.X))]


def check(run: Run, lines: list[dict], *, n: int | None = None) -> None:
    """Every line has a row of the data, and with it the name and the part of that row."""
    known, column = truth(run), "file" if "photos" in str(run.path) else "id"
    assert len(lines) == (len(lines) if n is None else n)
    assert lines
    for line in lines:
        row = int(line["row"])
        assert line[column] == name_of(run, row)
        assert line["part"] == known[row]


def test_the_arrays_of_a_run_say_which_row_is_where(run: Run) -> None:
    known = run.identity
    assert known.rows.tolist() == [row for row in range(N) if row not in LEFT_OUT]
    lines = known.columns()
    check(run, pd.DataFrame(lines).to_dict("records"), n=N - 2)
    shown = known.rows[run.array("map_rows")] if "map_rows" in run.arrays() else known.rows
    assert not set(shown) & set(LEFT_OUT)
    examples = run.array("examples_original")
    rows = known.rows[run.array("example_rows")]
    values = examples.mean(axis=(1, 2)) // 4 if examples.ndim == 3 else 10 * examples[:, 0]
    assert np.round(values).astype(int).tolist() == rows.tolist()


def test_codes_anomalies_and_classes_have_the_same_first_columns(run, latens_cli, tmp_path):
    (tmp_path / "labels.csv").write_text(
        "row,label\n" + "".join(f"{row},{'ab'[row > 20]}\n" for row in (1, 2, 40, 41))
    )
    commands = {
        "codes.csv": ("embed", run.path),
        "anomalies.csv": ("anomalies", run.path),
        "classes.csv": ("classify", run.path, "--labels", "labels.csv", "--method", "probe"),
    }
    names = ["row", "file" if "photos" in str(run.path) else "id", "part"]
    for out, command in commands.items():
        code, _, err = latens_cli(*command, "--out", out)
        assert code == 0, err
        table = pd.read_csv(tmp_path / out)
        assert list(table.columns[:3]) == names, out
        check(run, table.to_dict("records"), n=N - 2)
    codes = pd.read_csv(tmp_path / "codes.csv").set_index("row")
    known = run.identity.rows[run.array("scored_test")]
    assert codes.loc[known, "cluster"].tolist() == run.array("clusters_autoencoder_test").tolist()
    assert set(codes["cluster"]) == {0, 1, 2}
    classes = pd.read_csv(tmp_path / "classes.csv").set_index("row")
    assert classes.loc[[1, 2, 40, 41], "label"].tolist() == ["a", "a", "b", "b"]
    assert classes["given"].sum() == 4
    # A file that was written may be read for its labels again, by name and with the same columns.
    few = classes.reset_index().iloc[[0, 50], [0, 1, 2, 3]]
    few.to_csv(tmp_path / "again.csv", index=False)
    code, _, err = latens_cli("classify", run.path, "--labels", "again.csv", "--out", "b.csv")
    assert code == 0, err
    again = pd.read_csv(tmp_path / "b.csv").set_index("row")
    assert again.index[again["given"] == 1].tolist() == few["row"].tolist()


def test_a_search_means_rows_and_names_of_the_data(run, latens_cli):
    name = name_of(run, 40)
    part = {"train": "trained on", "held-out": "held out"}[truth(run)[40]]
    for asked in (("40",), ("--row", "40"), ("--id", name), (name,)):
        code, out, err = latens_cli("search", run.path, *asked, "--top", 4, "--json")
        assert code == 0, err
        (found,) = json.loads(out)["queries"]
        assert found["query"] == f"row 40 ({name}, {part})"
        check(run, found["neighbours"], n=4)
        # Greys and ages are a line.
        if "photos" in str(run.path):
            assert 39 in [one["row"] for one in found["neighbours"]]
    code, _, err = latens_cli("search", run.path, "11")
    assert code == 1
    assert "Row 11 of the data was left out" in err
    code, _, err = latens_cli("search", run.path, "60")
    assert code == 1
    assert "There is no row 60 in the data, which go from row 0 to 59." in err
    code, _, err = latens_cli("search", run.path, "--id", f"{name}x")
    assert code == 1
    assert f"Did you mean '{name}'" in err


def test_duplicates_and_exports_have_the_same_columns(run, latens_cli, tmp_path):
    code, out, err = latens_cli("search", run.path, "--duplicates", "--threshold", 9, "--json")
    assert code == 0, err
    check(run, [one for group in json.loads(out)["groups"] for one in group])
    (use,) = (one for one in [run.read("uses/search")])
    (table,) = use["tables"]
    check(run, [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]])


def test_variations_and_interpolations_are_of_rows_of_the_data(run, latens_cli):
    out = "made" if "photos" in str(run.path) else "made.csv"
    part = {"train": "trained on", "held-out": "held out"}
    called = {row: f"row {row} ({name_of(run, row)}, {part[truth(run)[row]]})" for row in (40, 41)}
    code, _, err = latens_cli("generate", run.path, "--like", 40, "--n", 4, "--out", out)
    assert code == 0, err
    assert run.read("uses/generate-like")["question"] == f"What is like {called[40]}?"
    flags = ("--between", 40, 41, "--out", f"b{out}")
    assert latens_cli("generate", run.path, *flags)[0] == 0
    question = run.read("uses/generate-between")["question"]
    assert question == f"What lies between {called[40]} and {called[41]}?"
    code, _, err = latens_cli("generate", run.path, "--like", 30, "--out", f"c{out}")
    assert code == 2
    assert "Row 30 of the data was left out" in err


def test_the_report_has_the_same_rows_and_names(run):
    from latens.reports import write_report

    page = write_report(run)
    summary = json.loads(page.with_suffix(".json").read_text())
    samples = summary["sections"]["anomalies"]["samples"]
    known = truth(run)
    for one in samples:
        assert one["id"] == name_of(run, one["row"])
        assert one["part"] == known[one["row"]] == "held-out"
    for rows in summary["sections"]["similar"]["neighbours"].values():
        assert {known[row] for near in rows for row in near} == {"held-out"}


def test_data_that_have_changed_have_rows_and_no_parts(customers, latens_cli, tmp_path):
    source = Path(customers.study["data"]["source"])
    before = source.read_text()
    try:
        source.write_text(before.replace("customer-1000,0.0", "customer-1000,0.5"))
        code, _, err = latens_cli("embed", customers.path, "--out", "codes.csv")
    finally:
        source.write_text(before)
    assert code == 0, err
    assert "The data have changed since the run was trained" in err
    table = pd.read_csv(tmp_path / "codes.csv")
    assert list(table.columns[:2]) == ["row", "id"]
    assert "part" not in table


def test_other_data_have_their_own_rows(customers, latens_cli, tmp_path):
    pd.DataFrame(
        {"name": ["x", "y"], "age": [1.0, 2], "visits": [0.0, 1], "spent": [1.0, 0]}
    ).to_csv(tmp_path / "new.csv", index=False)
    code, _, err = latens_cli("embed", customers.path, "new.csv", "--out", "codes.csv")
    assert code == 0, err
    table = pd.read_csv(tmp_path / "codes.csv")
    assert table[["row", "id"]].values.tolist() == [[0, "x"], [1, "y"]]
    assert table["cluster"].isin([0, 1, 2]).all()
    assert "part" not in table


def test_files_of_samples_have_the_columns_of_the_table_as_they_stand(
    customers, latens_cli, tmp_path
):
    table = pd.read_csv(customers.study["data"]["source"])
    for out, verb in {"codes.csv": "embed", "anomalies.csv": "anomalies"}.items():
        assert latens_cli(verb, customers.path, "--out", out)[0] == 0
        written = pd.read_csv(tmp_path / out).set_index("row")
        joined = table.loc[written.index]
        assert written["id"].tolist() == joined["name"].tolist()
        for name in table:
            np.testing.assert_array_equal(written[name], joined[name])
