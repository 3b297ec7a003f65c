"""`latens search` as a user meets it, on a real run of digits."""

import json
import shutil

import numpy as np
import pytest
import typer
from click.testing import Result
from PIL import Image
from typer.testing import CliRunner

from latens.cli.search import search
from latens.data import load
from latens.data.converted import load_converted
from latens.exceptions import DataError, ParameterError, RunError
from latens.models import Autoencoder, BinaryAutoencoder
from latens.networks import MLP
from latens.runs import Run
from latens.training import Trainer

app = typer.Typer()
app.command()(search)

DIGITS = load("digits")


def call(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(one) for one in arguments])


def found(*arguments: object) -> dict:
    result = call(*arguments, "--json")
    assert result.exit_code == 0, result.exception
    return json.loads(result.stdout)


def a_run(path, source, X, models, **conversions) -> Run:
    made = Run.create(path)
    settings = [{"name": name} for name in models]
    data = {"source": str(source), "image_size": None, "label_column": None, **conversions}
    made.write_info(status="complete", study={"models": settings, "data": data})
    for name, model in models.items():
        model.fit(X).save(made.model_path(name))
    return made


@pytest.fixture(scope="module")
def fitted(tmp_path_factory) -> Run:
    quick = {"network": MLP((32,)), "trainer": Trainer(max_epochs=3, callbacks=())}
    models = {
        "plain": Autoencoder(8, random_state=0, **quick),
        "bits": BinaryAutoencoder(16, random_state=0, **quick),
    }
    return a_run(tmp_path_factory.mktemp("runs") / "run", "digits", DIGITS.X, models)


@pytest.fixture
def run(fitted, tmp_path) -> Run:
    shutil.copytree(fitted.path, tmp_path / "run")
    return Run.open(tmp_path / "run")


def test_the_neighbors_of_a_row_are_the_nearest_others_by_their_codes(run):
    result = found(run.path, "#7", "--top", 5)
    codes = np.asarray(run.array(run.arrays()[0]))
    assert codes.shape == (1797, 8)
    distances = np.linalg.norm(codes.astype(float) - codes[7], axis=1)
    distances[7] = np.inf
    (asked,) = result["queries"]
    assert asked["query"] == "row 7"
    rows = [one["row"] for one in asked["neighbours"]]
    assert rows == np.argsort(distances)[:5].tolist()
    assert [one["distance"] for one in asked["neighbours"]] == pytest.approx(
        distances[rows].tolist()
    )
    assert [one["label"] for one in asked["neighbours"]] == [
        DIGITS.names[DIGITS.y[row]] for row in rows
    ]
    assert found(run.path, "--row", 7, "--top", 5) == result


def test_the_run_keeps_what_the_report_shows_and_nothing_else_is_written(run, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    call(run.path, 7, "--top", 5)
    use = run.read_findings()["search"]
    assert use.mosaics[0].images.shape == (1, 6, 8, 8)
    np.testing.assert_array_equal(
        use.mosaics[0].images[0, 0], np.round(DIGITS.X[7] / 16 * 255).astype(np.uint8)
    )
    assert len(use.tables[0].rows) == 5
    assert sorted(path.name for path in tmp_path.iterdir()) == ["elsewhere", "run"]


def test_codes_are_kept_and_used_again_unless_damaged(run):
    first = found(run.path, "#7")
    (name,) = [one for one in run.arrays() if one.startswith("codes_plain")]
    run.write_array(name, np.asarray(run.array(name)) * 2)
    again = found(run.path, "#7")
    distances = [
        [one["distance"] for one in result["queries"][0]["neighbours"]] for result in (first, again)
    ]
    assert distances[1] == pytest.approx([2 * one for one in distances[0]])
    run.write_array(name, np.zeros((3, 8)))
    assert found(run.path, "#7") == first


def test_an_image_file_of_any_size_finds_its_like(run, tmp_path):
    bright = np.round(DIGITS.X[7] / 16 * 255).astype(np.uint8)
    file = tmp_path / "query.png"
    Image.fromarray(bright).resize((32, 32), Image.Resampling.NEAREST).save(file)
    result = found(run.path, file, "--top", 1)["queries"][0]
    assert result["query"] == "query.png"
    assert result["neighbours"][0]["label"] == DIGITS.names[DIGITS.y[7]]


def test_a_data_file_holds_many_queries(run, tmp_path):
    np.save(tmp_path / "queries.npy", DIGITS.X[20:35])
    result = found(run.path, tmp_path / "queries.npy", "--top", 2)
    assert [one["neighbours"][0]["row"] for one in result["queries"]] == list(range(20, 35))
    assert len(run.read_findings()["search"].mosaics[0].images) == 12


def test_data_and_queries_are_made_grey_and_get_the_border_of_the_run(tmp_path, rng):
    X = rng.integers(0, 256, size=(40, 6, 6, 3), dtype=np.uint8)
    np.save(tmp_path / "data.npy", X)
    np.save(tmp_path / "queries.npy", X[5:7])
    Image.fromarray(X[9]).save(tmp_path / "query.png")
    quick = {"network": MLP((32,)), "trainer": Trainer(max_epochs=3, callbacks=())}
    conversions = {"grey": True, "pad": 1}
    learned = load_converted(tmp_path / "data.npy", **conversions).X
    models = {"plain": Autoencoder(8, random_state=0, **quick)}
    run = a_run(tmp_path / "run", tmp_path / "data.npy", learned, models, **conversions)
    for query, row in [("queries.npy", 5), ("query.png", 9)]:
        asked = found(run.path, tmp_path / query, "--top", 1)["queries"][0]
        assert asked["neighbours"][0]["row"] == row


def test_the_labels_of_a_table_are_no_features_of_a_query(tmp_path, rng):
    import pandas

    table = pandas.DataFrame(rng.normal(size=(60, 5)), columns=list("abcde"))
    X = table.to_numpy()
    table.assign(kind=["left", "right"] * 30).to_csv(tmp_path / "data.csv", index=False)
    table[10:12].assign(kind="left").to_csv(tmp_path / "labeled.csv", index=False)
    table[10:12].to_csv(tmp_path / "plain.csv", index=False)
    quick = {"network": MLP((8,)), "trainer": Trainer(max_epochs=1, callbacks=())}
    models = {"plain": Autoencoder(4, **quick)}
    run = a_run(tmp_path / "run", tmp_path / "data.csv", X, models, label_column="kind")
    for query in ("labeled.csv", "plain.csv"):
        asked = found(run.path, tmp_path / query, "--top", 1)["queries"][0]
        assert asked["neighbours"][0]["row"] == 10


def test_bits_are_compared_where_asked_for_and_where_the_model_gives_them(run):
    assert found(run.path, "#7", "--bits", 4)["distance"] == "different bits of 4"
    result = found(run.path, "#7", "--model", "bits")
    assert result["distance"] == "different bits of 16"
    nearest = result["queries"][0]["neighbours"]
    assert all(one["distance"] == int(one["distance"]) <= 16 for one in nearest)
    with pytest.raises(ParameterError, match="are 16 bits"):
        call_raising(run.path, "#7", "--model", "bits", "--bits", 8)
    with pytest.raises(ParameterError, match="1 to 8 bits"):
        call_raising(run.path, "#7", "--bits", 9)
    with pytest.raises(ParameterError, match="alike, not duplicates"):
        call_raising(run.path, "--duplicates", "--bits", 4)
    assert found(run.path, "--duplicates", "--bits", 4, "--threshold", 0)["threshold"] == 0


def call_raising(*arguments):
    result = call(*arguments)
    assert result.exit_code == 1
    raise result.exception


def test_duplicates_are_listed_in_groups(tmp_path):
    X = np.concatenate([DIGITS.X[:200], DIGITS.X[:3], DIGITS.X[:1]])
    np.save(tmp_path / "data.npy", X)
    quick = {"network": MLP((32,)), "trainer": Trainer(max_epochs=3, callbacks=())}
    models = {"plain": Autoencoder(8, random_state=0, **quick)}
    run = a_run(tmp_path / "run", tmp_path / "data.npy", X, models)
    result = found(run.path, "--duplicates", "--threshold", 1e-6)
    rows = [[one["row"] for one in group] for group in result["groups"]]
    assert rows == [[0, 200, 203], [1, 201], [2, 202]]
    use = run.read_findings()["search"]
    assert use.sentence.startswith("7 of 204 samples are in 3 groups")
    assert use.mosaics[0].images.shape == (3, 3, 8, 8)
    assert not use.mosaics[0].images[1, 2].any()
    assert found(run.path, "--duplicates")["threshold"] > 0


def test_a_table_is_searched_without_pictures(tmp_path, rng):
    X = rng.normal(size=(60, 5))
    np.save(tmp_path / "data.npy", X)
    quick = {"network": MLP((8,)), "trainer": Trainer(max_epochs=1, callbacks=())}
    run = a_run(tmp_path / "run", tmp_path / "data.npy", X, {"plain": Autoencoder(2, **quick)})
    assert call(run.path, "#0", "--top", 500).exit_code == 0
    use = run.read_findings()["search"]
    assert use.mosaics == ()
    assert len(use.tables[0].rows) == 59
    Image.new("L", (8, 8)).save(tmp_path / "query.png")
    with pytest.raises(DataError, match="trained on a table"):
        call_raising(run.path, tmp_path / "query.png")


@pytest.mark.parametrize(
    "arguments", [(), ("#1", "--duplicates"), ("#1", "--threshold", 1), ("#1", "--top", 0)]
)
def test_wrong_usage_ends_with_2(run, arguments):
    assert call(run.path, *arguments).exit_code == 2


def test_what_is_not_there_is_said_in_one_line(run, tmp_path):
    (tmp_path / "broken.png").write_bytes(b"no image")
    np.save(tmp_path / "other.npy", np.zeros((3, 5, 5), dtype=np.uint8))
    for error, message, arguments in [
        (DataError, r"no row 1797 .* row 0 to 1796", (run.path, "#1797")),
        (DataError, "neither a file", (run.path, tmp_path / "none.png")),
        (DataError, "cannot be read", (run.path, tmp_path / "broken.png")),
        (DataError, r"shape \(5, 5\)", (run.path, tmp_path / "other.npy")),
        (RunError, "has no model 'x'", (run.path, "#1", "--model", "x")),
        (RunError, "is not a run", (tmp_path, "#1")),
    ]:
        with pytest.raises(error, match=message):
            call_raising(*arguments)


def test_a_run_of_images_of_sixteen_bits_finds_its_own_file(tmp_path):
    (tmp_path / "photos").mkdir()
    deep = DIGITS.X[:60].astype(np.uint16) * 255
    for number, pixels in enumerate(deep):
        Image.fromarray(pixels).save(tmp_path / "photos" / f"{number}.png")
    model = Autoencoder(4, network=MLP((16,)), trainer=Trainer(max_epochs=2, callbacks=()))
    made = a_run(tmp_path / "run", tmp_path / "photos", deep, {"plain": model})
    (tmp_path / "bytes").mkdir()
    Image.fromarray(DIGITS.X[7] * 15).save(tmp_path / "bytes" / "7.png")
    refused = call(made.path, tmp_path / "bytes")
    assert isinstance(refused.exception, DataError)
    assert "holds images of 8 bits" in str(refused.exception)
    answer = found(made.path, tmp_path / "photos" / "7.png", "--top", 1)["queries"][0]
    assert answer["neighbours"][0]["row"] == 7
    assert answer["neighbours"][0]["distance"] == pytest.approx(0, abs=1e-3)


def test_a_run_of_channels_first_is_searched_as_it_was_read(latens_cli, tmp_path):
    np.save(tmp_path / "first.npy", np.random.default_rng(0).normal(size=(40, 5, 12)))
    settings = ("--as", "channels-first", "--epochs", 1, "--latent-dim", 2)
    assert latens_cli("run", "first.npy", *settings, "--out", "r")[0] == 0
    code, out, said = latens_cli("search", "r", 3, "--json")
    assert code == 0, said
    assert json.loads(out)
