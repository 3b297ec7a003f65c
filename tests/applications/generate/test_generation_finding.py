"""Findings about new samples, as a Python user gets them."""

from dataclasses import replace

import numpy as np
import pytest

from latens.applications import (
    Interpolation,
    LabeledSamples,
    NewSamples,
    Variations,
    evaluate_generation,
    generate_samples,
)
from latens.data import load
from latens.exceptions import DataError, ParameterError
from latens.runs import Run


@pytest.fixture(scope="module")
def train():
    return load("digits").take(slice(1200))


@pytest.fixture(scope="module")
def test():
    return load("digits").take(slice(1200, None))


def test_a_finding_of_images_has_a_sentence_and_a_mosaic_that_a_run_keeps(autoencoder, tmp_path):
    found = generate_samples(autoencoder, NewSamples(n=20), name="mine")
    assert found.sentence.startswith("20 new samples by mine, drawn from a Gaussian mixture")
    run = Run.create(tmp_path / "run")
    run.write_finding(found.name, found.to_finding())
    kept = run.read_findings()["generate"]
    assert kept.sentence == found.sentence
    assert kept.mosaics[0].images.shape == (1, 16, 8, 8)


def test_each_request_says_what_was_made_of_which_rows(autoencoder, train, test):
    parts = {"train": train, "test": test}
    between = generate_samples(autoencoder, Interpolation(rows=(1201, 1204), steps=5), **parts)
    ends = autoencoder.reconstruct(test.X[[1, 4]])
    np.testing.assert_allclose(between.X[[0, -1]], ends, atol=1e-3)
    assert between.question == "What lies between row 1201 and row 1204?"
    same = generate_samples(autoencoder, Variations(row=3, n=2, amount=0), **parts)
    np.testing.assert_allclose(same.X, np.repeat(train.X[[3]], 2, axis=0), atol=1e-3)
    labeled = generate_samples(autoencoder, LabeledSamples(n=30), **parts)
    assert np.bincount(labeled.y).tolist() == [3] * 10
    assert labeled.added.n_new == 30
    assert labeled.added.sentence in labeled.sentence


def test_an_evaluation_adds_its_table_and_the_nearest_pairs_to_a_finding(
    autoencoder, vae, train, test
):
    few = train.take(slice(0, 500)), test.take(slice(0, 200))
    judged = evaluate_generation({"plain": autoencoder, "vae": vae}, *few)
    found = replace(generate_samples(vae, NewSamples(n=4)), evaluation=judged)
    use = found.to_finding()
    assert [row[0] for row in use.tables[0].rows][:3] == [
        "real held-out samples",
        "plain, mixture",
        "vae, prior",
    ]
    assert "the labels of digits" in judged.features
    assert use.mosaics[1].images.shape[:2] == (2 * len(judged.scores), 12)


def test_findings_are_written_as_images_and_rows_of_a_table_as_cells(autoencoder, narrow, tmp_path):
    generate_samples(autoencoder, NewSamples(n=3)).write(tmp_path / "images")
    assert len(list((tmp_path / "images").iterdir())) == 4
    found = generate_samples(narrow, NewSamples(n=3))
    assert found.to_finding().mosaics == ()
    found.write(tmp_path / "rows.csv")
    assert len((tmp_path / "rows.csv").read_text().splitlines()) == 4


def test_what_cannot_be_made_is_refused_by_the_names_of_parameters(autoencoder, train, test):
    with pytest.raises(ParameterError, match="give `test`"):
        generate_samples(autoencoder, Variations(row=0))
    with pytest.raises(ParameterError, match=r"no class 'zebra'\. Known: 0, 1"):
        generate_samples(autoencoder, NewSamples(class_name="zebra"), train=train)
    with pytest.raises(
        ParameterError, match="no row 1797 in the data, which go from row 0 to 1796"
    ):
        generate_samples(autoencoder, Variations(row=1797), test=test)
    without = replace(train, y=None, names=None)
    with pytest.raises(DataError, match="no labels"):
        generate_samples(autoencoder, LabeledSamples(n=10), train=without, test=test)
