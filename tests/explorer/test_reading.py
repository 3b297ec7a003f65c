"""What is read of a run, and the words for a run that cannot be explored."""

import numpy as np
import pandas as pd
import pytest

from latens.data import load
from latens.exceptions import RunError
from latens.explorer import IN_A_FILE, Limits
from latens.explorer.reading import read_exploration
from latens.models import load_model

MAPS = ("map_", "umap_", "plane_")


def scored_alone(run, parts=("train", "test")):
    """Take all but the scored samples off the maps, as runs had it before; version 0.1 had held-out ones."""
    scored = np.concatenate([run.array(f"scored_{part}") for part in parts])
    is_kept = np.isin(run.array("map_rows"), scored)
    for name in [one for one in run.arrays() if one.startswith(MAPS)]:
        run.write_array(name, np.array(run.array(name)[is_kept]))
    for name in [one for one in run.arrays() if one.endswith("_map")]:
        (run.path / "arrays" / f"{name}.npy").unlink()


@pytest.fixture
def earlier_run(digits_run, copy_of):
    run = copy_of(digits_run)
    scored_alone(run)
    return run


def test_everything_of_a_run_is_there(digits_run):
    read = read_exploration(digits_run, IN_A_FILE)
    n = len(digits_run.array("map_rows"))
    assert [one.name for one in read.maps if "UMAP" not in one.name] == [
        *("autoencoder", "raw pixels", "PCA"),
        *(f"two components of {name}" for name in ("autoencoder", "raw pixels", "PCA")),
    ]
    assert [column.role for column in read.columns] == [
        *("row", "part"),
        *("label", "cluster", "cluster", "cluster"),
        *("error", "error"),
    ]
    assert all(len(column.values) == n for column in read.columns)
    assert read.images.shape == (n, 8, 8)
    assert read.codes[0].values.shape == (n, 3)
    assert read.codes[0].decoder is not None


def test_every_sample_of_the_data_is_on_the_maps_scored_ones_first(digits_run):
    read = read_exploration(digits_run, IN_A_FILE)
    rows, part = digits_run.array("map_rows"), digits_run.identity.part
    assert sorted(rows.tolist()) == list(range(read.n_samples)) == list(range(1797))
    assert rows[:200].tolist() == digits_run.array("scored_test").tolist()
    assert part[rows].tolist() == [1] * 359 + [0] * 1438
    facts = {column.name: column.values for column in read.columns}
    model = load_model(digits_run.model_path("autoencoder"))
    codes = model.transform(load("digits").X[rows])
    np.testing.assert_allclose(read.codes[0].values, codes, rtol=1e-4, atol=1e-4)
    centers = digits_run.array("centers_autoencoder")
    nearest = np.linalg.norm(codes[:, None] - centers, axis=2).argmin(axis=1)
    assert np.mean(facts["cluster, autoencoder"] == nearest) > 0.999
    np.testing.assert_array_equal(facts["label"], load("digits").y[rows])
    # Errors are of scored samples, as all scores are.
    assert np.isfinite(facts["error, autoencoder"]).tolist() == [True] * 200 + [False] * 1597
    pictures = load("digits").X[rows[[0, 300, 1700]]] / 16 * 255
    np.testing.assert_allclose(
        np.stack(list(read.images[np.array([0, 300, 1700])])), pictures, atol=0.51
    )


def test_a_sample_of_them_has_the_shares_of_parts_and_clusters(digits_run):
    whole = read_exploration(digits_run, IN_A_FILE)
    few = read_exploration(digits_run, Limits(points=300, pixels=10**6, weights=10**6))
    assert len(few.rows) == len(set(few.rows)) == len(few.images) == 300
    assert few.n_samples == 1797
    named = set(digits_run.array("example_rows").tolist())
    assert named < set(few.rows)

    def counts(read):
        facts = {one.name: one.values for one in read.columns}
        is_other = ~np.isin(read.rows, list(named))
        strata = 4 * facts["part"] + facts["cluster, autoencoder"]
        return np.bincount(strata[is_other].astype(int), minlength=8)

    expected = counts(whole) * (300 - len(named)) / (1797 - len(named))
    np.testing.assert_allclose(counts(few), expected, atol=1.01)
    places = np.array([whole.rows.tolist().index(row) for row in few.rows])
    assert (np.diff(places) > 0).all()
    np.testing.assert_array_equal(few.images, whole.images[places])
    np.testing.assert_array_equal(few.maps[1].places, whole.maps[1].places[places])
    np.testing.assert_array_equal(few.codes[0].values, whole.codes[0].values[places])


def test_every_fact_belongs_to_the_row_it_stands_beside(earlier_run):
    digits_run = earlier_run
    read = read_exploration(digits_run, IN_A_FILE)
    rows = digits_run.array("map_rows")
    facts = {column.name: column.values for column in read.columns}
    is_held_out = digits_run.identity.part[rows] == 1
    assert is_held_out.sum() == (~is_held_out).sum() == 200
    assert facts["part"].tolist() == is_held_out.astype(int).tolist()
    np.testing.assert_array_equal(facts["row"], rows)
    np.testing.assert_array_equal(facts["label"], load("digits").y[rows])
    assert read.rows.tolist() == rows.tolist()
    for part, of_part in (("test", is_held_out), ("train", ~is_held_out)):
        places = np.searchsorted(digits_run.array(f"scored_{part}"), rows[of_part])
        codes, clusters = (
            digits_run.array(f"{name}_autoencoder_{part}")[places] for name in ("codes", "clusters")
        )
        np.testing.assert_allclose(read.codes[0].values[of_part], codes)
        np.testing.assert_array_equal(facts["cluster, autoencoder"][of_part], clusters)
        pictures = load("digits").X[rows[of_part]] / 16 * 255
        np.testing.assert_allclose(
            np.stack(list(read.images[np.flatnonzero(of_part)])), pictures, atol=0.51
        )
    # Errors are of held-out samples, as all scores are.
    errors, places = (
        facts["error, autoencoder"],
        np.searchsorted(digits_run.array("scored_test"), rows[is_held_out]),
    )
    np.testing.assert_allclose(
        errors[is_held_out], digits_run.array("errors_autoencoder_test")[places]
    )
    assert np.isnan(errors[~is_held_out]).all()


def test_samples_that_were_trained_on_lie_amid_those_with_like_codes(earlier_run):
    digits_run, n = earlier_run, 200
    for name in ("autoencoder", "raw"):
        places = np.asarray(digits_run.array(f"map_{name}"))
        held_out, others = places[:n], places[n:]
        low, high = held_out.min(axis=0), held_out.max(axis=0)
        assert ((others >= low) & (others <= high)).all()
    codes = {part: digits_run.array(f"codes_autoencoder_{part}") for part in ("test", "train")}
    rows = digits_run.array("map_rows")
    at = [
        np.searchsorted(digits_run.array(f"scored_{part}"), some)
        for part, some in (("test", rows[:n]), ("train", rows[n:]))
    ]
    test, train = codes["test"][at[0]], codes["train"][at[1]]
    nearest = np.linalg.norm(train[:, None] - test, axis=2).argmin(axis=1)
    places = np.asarray(digits_run.array("map_autoencoder"))
    apart = np.linalg.norm(places[n:] - places[:n][nearest], axis=1)
    chance = np.linalg.norm(places[n:] - places[:n], axis=1)
    assert np.median(apart) < 0.2 * np.median(chance)


def test_a_run_that_does_not_know_its_rows_counts_held_out_samples(digits_run, copy_of):
    run = copy_of(digits_run)
    scored_alone(run, ("test",))
    known, whole = run.identity, read_exploration(run, IN_A_FILE)
    numbers = {
        name: known.to_numbers(np.asarray(run.array(name)))
        for name in ("map_rows", "scored_test", "example_rows", "class_rows")
    }
    for name, array in numbers.items():
        run.write_array(name, array)
    for name in ("rows", "part"):
        (run.path / "arrays" / f"{name}.npy").unlink()
    data = run.read("run")["data"] | {"left_out": ["a.png: damaged"]}
    run.write_info(version=1, data=data)
    read = read_exploration(run, IN_A_FILE)
    assert [column.role for column in read.columns][:2] == ["row", "label"]
    assert read.columns[0].name == "held-out sample"
    assert read.rows.tolist() == numbers["map_rows"].tolist()
    np.testing.assert_array_equal(read.columns[1].values, whole.columns[2].values)
    np.testing.assert_array_equal(read.codes[0].values, whole.codes[0].values)
    # What format version 1 can be told of is read as if it had said so.
    run.write_info(data=data | {"left_out": []})
    assert read_exploration(run, IN_A_FILE).rows.tolist() == whole.rows.tolist()


@pytest.mark.parametrize(
    ("place", "words"), [(-1, "places of"), (10**6, "places of"), (0, "not scored")]
)
def test_places_that_no_scored_sample_has_are_refused(earlier_run, place, words):
    run = earlier_run
    assert 0 not in {*run.array("scored_test"), *run.array("scored_train")}
    rows = np.array(run.array("map_rows"))
    rows[0] = place
    run.write_array("map_rows", rows)
    with pytest.raises(RunError, match=words):
        read_exploration(run, IN_A_FILE)


def test_a_umap_map_is_one_more_map(digits_run, copy_of):
    run = copy_of(digits_run)
    places = np.random.default_rng(0).normal(size=(len(run.array("map_rows")), 2))
    run.write_array("umap_autoencoder", places)
    named = {one.name: one.places for one in read_exploration(run, IN_A_FILE).maps}
    np.testing.assert_allclose(named["UMAP of autoencoder"], places, rtol=1e-6)


def test_weights_without_room_are_left_out_and_explained(digits_run):
    read = read_exploration(digits_run, Limits(points=50, pixels=10**6, weights=10))
    assert read.codes[0].decoder is None
    assert "room" in read.codes[0].why_not


def test_items_become_columns(digits_run, copy_of):
    run = copy_of(digits_run)
    n = len(run.array("map_rows"))
    files = [f"folder/{at % 7}.png" for at in range(n)]
    sizes = [None, *range(1, n)]
    run.write("items", {"columns": {"file": files, "size": sizes}})
    *_, file, size = read_exploration(run, IN_A_FILE).columns
    assert [file.names[at] for at in file.values[:8]] == files[:8]
    assert size.names is None
    assert np.isnan(size.values[0])


def test_a_run_without_maps_is_refused_with_the_way_out(digits_run, copy_of):
    run = copy_of(digits_run)
    (run.path / "arrays" / "map_rows.npy").unlink()
    # What is complete cannot be resumed.
    with pytest.raises(RunError, match=r"20 held-out samples or more\.$"):
        read_exploration(run, IN_A_FILE)
    run.write_info(status="interrupted")
    with pytest.raises(RunError, match="--resume"):
        read_exploration(run, IN_A_FILE)


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("map_rows", np.array([[1, 2]])),
        ("map_rows", np.array([0.5])),
        ("map_raw", np.zeros((3, 2))),
        ("map_raw", np.zeros((0, 2))),
        ("map_images", np.zeros((3, 8, 8))),
        ("codes_autoencoder_map", np.zeros((3, 3))),
        ("clusters_raw_map", np.array(["a", "b"])),
        ("clusters_raw_map", np.full(1797, 10**6)),
        ("y_test", np.zeros(3, int)),
        ("scored_test", np.arange(5)),
    ],
)
def test_damaged_arrays_end_in_one_line(digits_run, copy_of, name, array):
    run = copy_of(digits_run)
    run.write_array(name, array)
    with pytest.raises(RunError) as caught:
        read_exploration(run, IN_A_FILE)
    assert "\n" not in str(caught.value)
    assert str(run.path) in str(caught.value)


def test_items_of_another_length_are_refused(digits_run, copy_of):
    run = copy_of(digits_run)
    run.write("items", {"columns": {"file": ["one"]}})
    with pytest.raises(RunError, match="'file'"):
        read_exploration(run, IN_A_FILE)


def test_the_own_columns_of_the_samples_shown_are_there_as_they_stand(customers_run, customers_csv):
    """Against pandas, which reads the file without latens."""
    table = pd.read_csv(customers_csv, dtype=str, keep_default_na=False)
    read = read_exploration(customers_run, Limits(points=60, pixels=10, weights=10))
    own = {column.name: column for column in read.columns if column.role == "own"}
    assert list(own) == list(table.columns)
    shown = table.iloc[read.rows]
    ids = own["customer_id"]
    assert [ids.names[at] for at in ids.values] == shown["customer_id"].tolist()
    # Of the others nobody learns that they exist.
    assert set(ids.names) == set(shown["customer_id"])
    assert set(own["note"].names) == set(shown["note"])
    spent = own["spent"]
    assert [f"{value:.2f}" for value in spent.values] == shown["spent"].tolist()
    gaps = shown["age"].to_numpy() == ""
    assert np.isnan(own["age"].values).tolist() == gaps.tolist()
    when = own["joined"]
    days = pd.to_datetime(shown["joined"]) - pd.Timestamp("1970-01-01")
    assert when.meanings[when.values].tolist() == days.dt.days.tolist()
    assert own["newsletter"].names == ("False", "True")


def test_own_columns_that_do_not_fit_are_left_out(customers_run):
    few = read_exploration(customers_run, Limits(points=60, pixels=10, weights=10, columns=2_000))
    names = [column.name for column in few.columns if column.role == "own"]
    assert names
    assert len(names) < 12
