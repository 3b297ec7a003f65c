import numpy as np
import pytest
from sklearn.datasets import make_blobs

from latens.studies import check_study
from latens.studies.clusters import choose_clusters
from latens.studies.representations import Representation


def study(source):
    return check_study({"data": {"source": source}}, "a test")


def learned(codes, label="latens", **facts):
    return Representation(label, label, "Autoencoder", codes.shape[1], codes, codes, **facts)


@pytest.fixture(scope="module")
def sorted_codes():
    """Six groups one after the other, as a folder of folders gives them."""
    codes, groups = make_blobs(9_000, n_features=4, centers=6, cluster_std=0.4, random_state=1)
    return learned(codes[np.argsort(groups, kind="stable")])


def test_the_order_of_samples_does_not_hide_groups(sorted_codes):
    assert choose_clusters(study("photos"), [sorted_codes]).k == 6


def test_a_convention_belongs_to_a_set_and_not_to_a_folder_of_its_name(sorted_codes):
    assert choose_clusters(study("mnist"), [sorted_codes]).k == 10
    assert choose_clusters(study("./mnist"), [sorted_codes]).k == 6


def test_codes_that_are_all_alike_make_one_cluster():
    assert choose_clusters(study("photos"), [learned(np.ones((50, 3)))]).k == 1


def test_labels_are_said_to_have_had_a_say_where_the_codes_learned_from_them(sorted_codes):
    assert choose_clusters(study("photos"), [sorted_codes]).why.endswith("; labels had no say")
    taught = learned(sorted_codes.train, learns_from_labels=True)
    assert choose_clusters(study("photos"), [taught]).why.endswith(
        "; labels had a say in the codes"
    )


def cloud(seed, label="a cloud"):
    return learned(np.random.default_rng(seed).normal(size=(225, 4)), label)


def test_a_clear_number_is_one_that_most_representations_have_whatever_their_order(sorted_codes):
    codes = sorted_codes.train[::40]
    six, turned = learned(codes, "six"), learned(codes[:, ::-1] * 2, "turned")
    for order in ([six, turned, cloud(0)], [cloud(0), turned, six]):
        chosen = choose_clusters(study("photos"), order, 4)
        assert (chosen.k, chosen.is_clear, chosen.n_classes) == (6, True, 4)
        assert "six" in chosen.why
        assert "turned" in chosen.why
        assert "a cloud: there are no gaps" in chosen.reason
    assert not choose_clusters(study("photos"), [cloud(0), six]).is_clear


def test_without_a_clear_number_the_classes_count_and_without_classes_it_is_called_arbitrary():
    clouds = [cloud(seed, f"cloud {seed}") for seed in range(3)]
    chosen = choose_clusters(study("photos"), clouds, 7)
    assert (chosen.k, chosen.is_clear) == (7, False)
    assert chosen.why == "the number of classes, as there is no clear number of clusters"
    found = [choose_clusters(study("photos"), [one]) for one in clouds]
    chosen = choose_clusters(study("photos"), clouds)
    assert chosen.k == sorted(one.k for one in found)[1]
    assert chosen.why.startswith("an arbitrary number, as none is clear")
    assert chosen.model_dump()["is_clear"] is False


def test_what_was_asked_for_is_taken_and_whether_it_is_clear_is_said(sorted_codes):
    asked = study("photos").model_copy(update={"clusters": 3})
    chosen = choose_clusters(asked, [sorted_codes])
    assert (chosen.k, chosen.why, chosen.is_clear) == (3, "as asked for", True)
    assert chosen.reason == "latens: 6 clusters"
    few = learned(np.repeat(np.eye(2), 30, axis=0))
    chosen = choose_clusters(asked, [few])
    assert (chosen.k, chosen.why) == (
        2,
        "as many as codes differ, which are fewer than 3, as asked for",
    )
