import numpy as np
import pytest
from sklearn.datasets import make_blobs

from latens.studies import check_study
from latens.studies.clusters import choose_clusters
from latens.studies.representations import Representation


def study(source):
    return check_study({"data": {"source": source}}, "a test")


def learnt(codes, **facts):
    return Representation("latens", "latens", "Autoencoder", codes.shape[1], codes, codes, **facts)


@pytest.fixture(scope="module")
def sorted_codes():
    """Six groups one after the other, as a folder of folders gives them."""
    codes, groups = make_blobs(9_000, n_features=4, centers=6, cluster_std=0.4, random_state=1)
    return learnt(codes[np.argsort(groups, kind="stable")])


def test_the_order_of_samples_does_not_hide_groups(sorted_codes):
    assert choose_clusters(study("photos"), sorted_codes).k == 6


def test_a_convention_belongs_to_a_set_and_not_to_a_folder_of_its_name(sorted_codes):
    assert choose_clusters(study("mnist"), sorted_codes).k == 10
    assert choose_clusters(study("./mnist"), sorted_codes).k == 6


def test_codes_that_are_all_alike_make_one_cluster():
    assert choose_clusters(study("photos"), learnt(np.ones((50, 3)))).k == 1


def test_labels_are_said_to_have_had_a_say_where_the_codes_learnt_from_them(sorted_codes):
    assert choose_clusters(study("photos"), sorted_codes).why.endswith("; labels had no say")
    taught = learnt(sorted_codes.train, learns_from_labels=True)
    assert choose_clusters(study("photos"), taught).why.endswith("codes, which learnt from labels")
