import numpy as np
import pytest
from sklearn.datasets import make_blobs

from latens.studies import check_study
from latens.studies.clusters import choose_clusters


def study(source):
    return check_study({"data": {"source": source}}, "a test")


@pytest.fixture(scope="module")
def sorted_codes():
    """Six groups one after the other, as a folder of folders gives them."""
    codes, groups = make_blobs(9_000, n_features=4, centers=6, cluster_std=0.4, random_state=1)
    return codes[np.argsort(groups, kind="stable")]


def test_the_order_of_samples_does_not_hide_groups(sorted_codes):
    assert choose_clusters(study("photos"), sorted_codes).k == 6


def test_a_convention_belongs_to_a_set_and_not_to_a_folder_of_its_name(sorted_codes):
    assert choose_clusters(study("mnist"), sorted_codes).k == 10
    assert choose_clusters(study("./mnist"), sorted_codes).k == 6


def test_codes_that_are_all_alike_make_one_cluster():
    assert choose_clusters(study("photos"), np.ones((50, 3))).k == 1
