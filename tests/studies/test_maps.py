"""Which samples are on the maps, and where those are that did not make them."""

import numpy as np
import pytest

from latens._pca import fit_pca
from latens.data import load
from latens.runs import Run
from latens.studies import check_study, maps
from latens.studies import representations as represent
from latens.studies.map_places import AmidNeighbors
from latens.studies.preparation import prepare


@pytest.fixture(scope="module")
def data():
    return prepare(check_study({"data": {"source": "digits"}, "max_scored": 100}, "a test"))


def written(data, path, **settings):
    """Maps without t-SNE, which takes seconds, of raw values and PCA."""
    run = Run.create(path)
    shown = [represent.raw(data), represent.pca(data, 3)]
    centers = {one.name: one.train[:5] for one in shown}
    maps.write_maps(run, data, shown, centers, 0, tsne_rows=0, **settings)
    return run, shown


def test_all_samples_of_both_parts_are_on_the_maps_those_that_make_them_first(data, tmp_path):
    run, (_, pca) = written(data, tmp_path / "run")
    places = run.array("map_rows")
    assert sorted(places.tolist()) == list(range(1797))
    assert places[:100].tolist() == data.places(data.scored_test).tolist()
    assert (data.identity.part[places] == 1).tolist() == [True] * 359 + [False] * 1438
    X = load("digits").X[data.identity.rows[places]]
    codes = pca.encode(X)
    nearest = np.linalg.norm(codes[:, None] - pca.train[:5], axis=2).argmin(axis=1)
    assert run.array("clusters_pca-3_map").tolist() == nearest.tolist()
    plane = fit_pca(pca.train, 2).transform(codes)
    np.testing.assert_allclose(run.array("plane_pca-3"), plane, atol=1e-4)
    np.testing.assert_array_equal(run.array("map_images"), np.round(X / 16 * 255))


def test_of_more_than_there_is_room_for_others_are_drawn_from_both_parts(data, tmp_path):
    run, _ = written(data, tmp_path / "run", most=400)
    places = run.array("map_rows")
    assert len(places) == len(set(places.tolist())) == 400
    assert places[:100].tolist() == data.places(data.scored_test).tolist()
    part = data.identity.part[places]
    # Of the 300 others as large a share as of all that could be drawn: 259 held out of 1,697.
    assert (part[100:] == 1).sum() == pytest.approx(300 * 259 / 1697, abs=20)
    assert (np.diff(part.astype(int)) <= 0).all()


def test_pictures_that_would_be_too_large_are_made_smaller(data, tmp_path, monkeypatch):
    whole = written(data, tmp_path / "whole")[0].array("map_images")
    large = np.repeat(np.repeat(load("digits").X, 4, axis=1), 4, axis=2)
    monkeypatch.setattr(maps, "_MOST_PICTURE_BYTES", 1797 * 16 * 16)
    np.save(tmp_path / "large.npy", large)
    settings = {"data": {"source": str(tmp_path / "large.npy")}, "max_scored": 100}
    run, _ = written(prepare(check_study(settings, "a test")), tmp_path / "run")
    pictures = run.array("map_images")
    assert pictures.shape == (1797, 16, 16)
    # A pixel is the mean of those that it stands for; the same split has the same order.
    np.testing.assert_allclose(pictures[:, ::2, ::2], whole, atol=1)


def test_a_new_sample_lies_amid_its_nearest_ones_in_wide_codes_too(rng):
    known, maps_of = rng.normal(size=(200, 120)), [rng.normal(size=(200, 2)) for _ in range(2)]
    known[:, 40:] *= 0.01
    for codes in (known, known[:, :10]):
        amid = AmidNeighbors.of(codes, codes)
        (first, second) = amid.places(codes[:7] + 1e-9, maps_of)
        np.testing.assert_allclose(first, maps_of[0][:7], atol=1e-3)
        np.testing.assert_allclose(second, maps_of[1][:7], atol=1e-3)
        between = (codes[0] + codes[1]) / 2
        distances = np.linalg.norm(codes - between, axis=1)
        nearest = np.argsort(distances)[:5]
        weights = distances[nearest] ** -2 / (distances[nearest] ** -2).sum()
        (place,) = amid.places(between[None], maps_of[:1])
        np.testing.assert_allclose(place[0], weights @ maps_of[0][nearest], atol=0.02)
