"""Neighbors and near-duplicates as a Python user finds them, without a run."""

from dataclasses import replace

import numpy as np
import pytest

from latens.applications import SearchItems, find_near_duplicates, find_neighbors
from latens.data import Dataset, load
from latens.exceptions import DataError, ParameterError
from latens.models import Autoencoder
from latens.networks import MLP
from latens.training import Trainer


@pytest.fixture(scope="module")
def items() -> SearchItems:
    digits = load("digits").take(slice(300))
    twice = digits.take([*range(300), 0, 1])
    twice = replace(twice, rows=np.arange(302))
    trainer = Trainer(max_epochs=3, callbacks=())
    model = Autoencoder(8, network=MLP((32,)), trainer=trainer, random_state=0).fit(digits.X)
    return SearchItems.of_model(model, twice, "mine")


def test_a_row_its_name_and_the_sample_itself_are_the_same_query(items):
    by_row, by_name = find_neighbors(items, 0, k=3), find_neighbors(items, "#0", k=3)
    assert by_row.answers == by_name.answers
    assert by_row.answers[0].neighbors[0].row == 300
    assert by_row.sentence.startswith("The samples nearest to row 0, of 302, by the codes of mine")
    itself = find_neighbors(items, Dataset(items.dataset.X[:1], item_names=("it",)), k=1)
    assert itself.answers[0].query == "it"
    assert itself.answers[0].neighbors[0].distance == pytest.approx(0, abs=1e-4)


def test_a_finding_of_many_queries_shows_the_first_and_keeps_all(items):
    found = find_neighbors(items, Dataset(items.dataset.X[:15]), k=2)
    assert len(found.table().rows) == 30
    use = found.to_finding()
    assert len(use.tables[0].rows) == 24
    assert use.mosaics[0].images.shape[:2] == (12, 3)


def test_near_duplicates_are_named_with_their_classes(items):
    found = find_near_duplicates(items, 1e-6)
    rows = [[one.row for one in group] for group in found.groups]
    assert rows == [[0, 300], [1, 301]]
    assert found.groups[0][0].label == found.groups[0][1].label == "0"
    assert found.to_finding().mosaics[0].images.shape == (2, 2, 8, 8)
    assert "4 of 302 samples are in 2 groups" in found.sentence


def test_what_cannot_be_found_is_refused_by_the_names_of_parameters(items):
    with pytest.raises(DataError, match="no row 302 in the data, which go from row 0 to 301"):
        find_neighbors(items, 302)
    with pytest.raises(ParameterError, match="give `threshold`"):
        find_near_duplicates(items, bits=4)
