"""`SimilarityIndex`: each of its stores against brute force, and what it refuses."""

import json
import shutil

import numpy as np
import pytest
from scipy import sparse
from scipy.spatial.distance import cdist

from latens.applications import SimilarityIndex
from latens.exceptions import DataError, ModelError, ParameterError

WIDTH = 20


def vectors(rng, n):
    """Vectors of which a part is zero, so that all stores can take them."""
    return np.abs(rng.normal(size=(n, WIDTH))) * (rng.random((n, WIDTH)) < 0.4)


def bits(rng, n):
    return rng.integers(0, 2, (n, WIDTH))


def words(rng, n):
    return sparse.csr_array(vectors(rng, n))


def dense(X):
    return X.toarray() if sparse.issparse(X) else np.asarray(X, dtype=float)


def brute_force(queries, X, metric):
    queries, X = dense(queries), dense(X)
    if metric == "hamming":
        return (queries[:, None] != X).sum(axis=2)
    if metric == "euclidean":
        return cdist(queries, X)
    both = np.linalg.norm(queries, axis=1)[:, None] * np.linalg.norm(X, axis=1)
    return 1 - queries @ X.T / np.where(both > 0, both, 1)


EXACT = [
    ("euclidean", "exact", vectors),
    ("cosine", "exact", vectors),
    ("hamming", "exact", bits),
    ("euclidean", "exact", words),
    ("cosine", "exact", words),
]
ALL = [*EXACT, ("euclidean", "approximate", vectors), ("cosine", "approximate", vectors)]


@pytest.fixture(params=ALL, ids=lambda one: f"{one[0]}-{one[1]}-{one[2].__name__}")
def kind(request):
    if request.param[1] == "approximate":
        pytest.importorskip("voyager", reason="voyager is not installed")
    return request.param


def filled(kind, rng, n=300):
    metric, method, make = kind
    index, X = SimilarityIndex(metric, method=method), make(rng, n)
    index.add(X)
    return index, X


def test_the_nearest_are_those_of_brute_force(kind, rng):
    index, X = filled(kind, rng)
    queries = kind[2](rng, 30)
    found = index.search(queries, k=7)
    distances = brute_force(queries, X, kind[0])
    np.testing.assert_allclose(found.distances, np.sort(distances, axis=1)[:, :7], atol=1e-6)
    measured = np.take_along_axis(distances, found.ids, axis=1)
    np.testing.assert_allclose(found.distances, measured, atol=1e-6)


def test_all_items_can_be_ranked(kind, rng):
    index, _ = filled(kind, rng, 60)
    found = index.search(kind[2](rng, 4), k=60)
    assert all(sorted(row) == list(range(60)) for row in found.ids)
    assert (np.diff(found.distances, axis=1) >= 0).all()


def test_removed_items_are_never_found_and_ids_stay(kind, rng):
    index, X = filled(kind, rng)
    index.remove(np.arange(0, 300, 3))
    added = index.add(X[:2])
    np.testing.assert_array_equal(added, [300, 301])
    assert len(index) == 202
    left = index.ids
    found = index.search(X[:20], k=5)
    assert not np.isin(found.ids, np.arange(0, 300, 3)).any()
    distances = brute_force(X[:20], dense(X)[np.where(left < 300, left, left - 300)], kind[0])
    np.testing.assert_allclose(found.distances, np.sort(distances, axis=1)[:, :5], atol=1e-6)
    with pytest.raises(DataError, match="no item with the id 0"):
        index.remove([1, 0])
    assert len(index) == 202


def test_a_saved_index_is_the_same_index(kind, rng, tmp_path):
    index, X = filled(kind, rng)
    index.remove([5, 7])
    path = index.save(tmp_path / "index")
    loaded = SimilarityIndex.load(path)
    for one in (index, loaded):
        one.add(X[:1])
    np.testing.assert_array_equal(loaded.ids, index.ids)
    expected, found = index.search(X[:40], k=6), loaded.search(X[:40], k=6)
    np.testing.assert_array_equal(found.distances, expected.distances)
    loaded.remove([300])
    with pytest.raises(ModelError, match="exists already"):
        loaded.save(path)
    loaded.save(path, overwrite=True)
    assert len(SimilarityIndex.load(path)) == 298


def test_neighbors_of_an_item_are_others(kind, rng):
    index, X = filled(kind, rng, 50)
    index.add(X)
    found = index.neighbors([3, 60], k=1)
    np.testing.assert_array_equal(found.ids, [[53], [10]])
    np.testing.assert_allclose(found.distances, 0, atol=1e-7)
    with pytest.raises(ParameterError, match="at most 99"):
        index.neighbors([0], k=100)


def test_an_item_among_many_equal_ones_is_not_its_own_neighbor(rng):
    index = SimilarityIndex("hamming")
    index.add(np.ones((40, 8)))
    found = index.neighbors(np.arange(40), k=3).ids
    assert not (found == np.arange(40)[:, None]).any()
    assert all(len(set(row)) == 3 for row in found.tolist())


def test_near_duplicates_are_the_components_of_all_close_pairs(kind, rng):
    index, X = filled(kind, rng, 120)
    index.add(X[[4, 9]])
    index.add(X[[4]])
    found = index.near_duplicates(threshold=0)
    expected = [[4, 120, 122], [9, 121]]
    if kind[0] == "hamming" or 0 in dense(X).sum(axis=1):
        assert all(
            any(set(one) <= set(group.tolist()) for group in found.groups) for one in expected
        )
    else:
        assert [group.tolist() for group in found.groups] == expected


def test_chains_of_near_duplicates_make_one_group():
    line = SimilarityIndex()
    line.add(np.array([[0.0], [1.0], [2.0], [10.0], [11.0], [30.0]]), ids=[7, 1, 5, 2, 9, 0])
    groups = line.near_duplicates(threshold=1).groups
    assert [group.tolist() for group in groups] == [[1, 5, 7], [2, 9]]
    assert line.near_duplicates(threshold=0.99).groups == ()


@pytest.mark.parametrize("scale", [1e-3, 1, 1e6])
def test_the_rule_for_near_duplicates_finds_copies_with_a_little_noise_in_any_unit(rng, scale):
    X = rng.normal(size=(400, 10))
    copies = X[:5] + 1e-3 * rng.normal(size=(5, 10))
    index = SimilarityIndex()
    index.add(scale * np.concatenate([X, copies]))
    found = index.near_duplicates()
    assert sorted(group.tolist() for group in found.groups) == [[i, 400 + i] for i in range(5)]
    nearest = np.sort(cdist(X, X) + 1e9 * np.eye(400), axis=1)[:, 0]
    assert found.threshold == pytest.approx(0.1 * scale * np.median(nearest), rel=0.05)


def test_the_rule_for_bits_is_equal_codes_where_neighbors_are_close(rng):
    index = SimilarityIndex("hamming")
    index.add(rng.integers(0, 2, (500, 12)))
    assert index.near_duplicates().threshold == 0


@pytest.mark.parametrize("width", [1, 8, 64, 65, 300])
def test_bits_of_any_width_and_both_ways_to_write_them(rng, width):
    X = rng.integers(0, 2, (200, width))
    for written in (X, 2.0 * X - 1, X.astype(bool)):
        index = SimilarityIndex("hamming")
        index.add(written)
        found = index.search(written[:9], k=200)
        expected = np.sort(brute_force(X[:9], X, "hamming"), axis=1)
        np.testing.assert_array_equal(found.distances, expected)


def test_rows_of_zeros_have_no_direction_and_are_alike_only_to_each_other():
    for make in (np.asarray, sparse.csr_array):
        index = SimilarityIndex("cosine")
        index.add(make(np.array([[0.0, 0.0], [3.0, 0.0], [0.0, 0.0]])))
        found = index.search(make(np.zeros((1, 2))), k=3)
        np.testing.assert_allclose(found.distances, [[0, 0, 1]])
        assert index.near_duplicates(0).groups[0].tolist() == [0, 2]


def test_text_by_tf_idf_is_searched_without_becoming_dense(rng):
    """40,000 columns and 3,000 rows are a gigabyte when dense."""
    X = sparse.random_array(
        (3000, 40_000), density=5e-4, rng=np.random.default_rng(0), format="csr"
    )
    index = SimilarityIndex("cosine")
    index.add(X)
    found = index.search(X[:5], k=2)
    np.testing.assert_array_equal(found.ids[:, 0], np.arange(5))
    expected = brute_force(X[:5], X, "cosine")
    np.testing.assert_allclose(found.distances[:, 1], np.sort(expected, axis=1)[:, 1], atol=1e-12)


def test_approximate_search_finds_nearly_all_and_survives_removal_of_most(rng):
    pytest.importorskip("voyager", reason="voyager is not installed")
    X = rng.normal(size=(3000, 16)).astype(np.float32)
    index, exact = SimilarityIndex(method="approximate"), SimilarityIndex()
    for one in (index, exact):
        one.add(X)
    expected = exact.search(X[:100], k=10).ids
    found = index.search(X[:100], k=10).ids
    shared = [len(set(a) & set(b)) for a, b in zip(found.tolist(), expected.tolist(), strict=True)]
    assert np.mean(shared) > 9.5
    index.remove(np.arange(20, 3000))
    assert sorted(index.search(X[:1], k=20).ids[0]) == list(range(20))


def test_a_search_of_float64_tells_apart_what_float32_cannot():
    index = SimilarityIndex()
    index.add(1e8 + np.arange(2000.0)[:, None])
    assert index.search([[1e8 + 1234.4]], k=1).ids[0, 0] == 1234


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (np.zeros((2, 3)), "width of the index, 20"),
        (np.zeros(WIDTH), "reshape"),
        (np.zeros((0, WIDTH)), "both over 0"),
        (np.full((2, WIDTH), np.nan), "finite"),
        (np.full((2, WIDTH), np.inf), "finite"),
        (np.full((2, WIDTH), "a"), "numbers"),
    ],
)
def test_wrong_items_and_queries_are_refused_and_change_nothing(rng, X, message):
    index = SimilarityIndex()
    index.add(vectors(rng, 10))
    for method in (index.add, lambda X: index.search(X, k=1)):
        with pytest.raises(DataError, match=message):
            method(X)
    assert len(index) == 10


def test_what_a_graph_cannot_hold_is_refused():
    pytest.importorskip("voyager", reason="voyager is not installed")
    with pytest.raises(DataError, match="too large for float32"):
        SimilarityIndex(method="approximate").add([[1e200, 1.0]])


def test_wrong_sparse_items_are_refused(rng):
    index = SimilarityIndex("cosine")
    index.add(words(rng, 5))
    with pytest.raises(DataError, match="width of the index"):
        index.search(words(rng, 2)[:, :3], k=1)
    with pytest.raises(DataError, match="finite"):
        index.add(sparse.csr_array(np.full((1, WIDTH), np.nan)))
    assert len(index) == 5


def test_dense_and_sparse_items_mix_as_the_first_ones_are(rng):
    X = vectors(rng, 20)
    for first, then in ((X, sparse.csr_array(X)), (sparse.csr_array(X), X)):
        index = SimilarityIndex()
        index.add(first)
        index.add(then)
        np.testing.assert_allclose(index.neighbors(np.arange(20), k=1).distances, 0, atol=1e-6)


def test_an_empty_index_says_so(tmp_path, rng):
    index = SimilarityIndex()
    for act in (
        lambda: index.search([[1.0]], k=1),
        lambda: index.neighbors([0], k=1),
        lambda: index.near_duplicates(),
        lambda: index.save(tmp_path / "index"),
    ):
        with pytest.raises(DataError, match="The index is empty"):
            act()
    with pytest.raises(DataError, match="no item with the id 0"):
        index.remove([0])
    index.add(vectors(rng, 2))
    index.remove([0, 1])
    with pytest.raises(DataError, match="The index is empty"):
        index.search(vectors(rng, 1), k=1)
    np.testing.assert_array_equal(index.add(vectors(rng, 1)), [2])
    with pytest.raises(DataError, match="at least two"):
        index.near_duplicates()


@pytest.mark.parametrize("k", [0, 11, 2.0, True])
def test_k_must_be_there(rng, k):
    index = SimilarityIndex()
    index.add(vectors(rng, 10))
    with pytest.raises(
        ParameterError, match=r"The 'k' parameter of SimilarityIndex\.search must be"
    ):
        index.search(vectors(rng, 1), k=k)


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        ([1, 1], "1 twice"),
        ([0, 5], "0 is in use"),
        ([4], "one id for each item, 2"),
        ([-1, 4], "whole numbers"),
        ([3, 2**62], r"smaller than 2\*\*62"),
        (np.array([3, 2**63], dtype=np.uint64), r"smaller than 2\*\*62"),
        ([1.5, 4.0], "whole numbers"),
        (["a", "b"], "whole numbers"),
    ],
)
def test_ids_are_checked_before_anything_is_added(rng, ids, message):
    index = SimilarityIndex()
    index.add(vectors(rng, 1))
    with pytest.raises(DataError, match=message):
        index.add(vectors(rng, 2), ids=ids)
    assert len(index) == 1


def test_the_id_of_a_removed_item_is_only_used_again_when_asked_for(rng):
    index = SimilarityIndex()
    index.add(vectors(rng, 3))
    index.remove([2])
    np.testing.assert_array_equal(index.add(vectors(rng, 1)), [3])
    np.testing.assert_array_equal(index.add(vectors(rng, 1), ids=[2]), [2])


def test_real_codes_are_no_bits():
    with pytest.raises(DataError, match="IterativeQuantization"):
        SimilarityIndex("hamming").add([[0.3, 1.0]])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"metric": "manhattan"}, "'metric' parameter of SimilarityIndex must be one of"),
        ({"method": "fast"}, "'method' parameter of SimilarityIndex must be one of"),
        ({"metric": "hamming", "method": "approximate"}, "must be 'exact'"),
    ],
)
def test_wrong_parameters_are_named(arguments, message):
    with pytest.raises(ParameterError, match=message):
        SimilarityIndex(**arguments)


def damage_arrays(folder):
    file = folder / "index.safetensors"
    file.write_bytes(file.read_bytes()[:-20])


def damage_json(folder):
    (folder / "index.json").write_text("{")


def lose_arrays(folder):
    (folder / "index.safetensors").unlink()


def change(**facts):
    def damage(folder):
        about = json.loads((folder / "index.json").read_text())
        (folder / "index.json").write_text(json.dumps({**about, **facts}))

    return damage


@pytest.mark.parametrize(
    "damage",
    [
        damage_arrays,
        damage_json,
        lose_arrays,
        change(width=7),
        change(metric="hamming"),
        change(metric="other"),
        change(is_sparse=True),
        change(files={}),
        change(files={"../index.safetensors": ""}),
        change(version=99),
        change(format="other"),
        shutil.rmtree,
    ],
)
def test_a_damaged_index_is_refused_in_one_line(rng, tmp_path, damage):
    index = SimilarityIndex()
    index.add(vectors(rng, 10))
    path = index.save(tmp_path / "index")
    damage(path)
    with pytest.raises(ModelError) as caught:
        SimilarityIndex.load(path)
    assert "\n" not in str(caught.value)


def test_a_damaged_graph_never_reaches_the_library(rng, tmp_path):
    pytest.importorskip("voyager", reason="voyager is not installed")
    index = SimilarityIndex(method="approximate")
    index.add(vectors(rng, 10))
    path = index.save(tmp_path / "index")
    # Version 0.1 left one here.
    assert not (path / "graph.voyager").exists()
    (path / "graph.voyager").write_bytes(bytes(range(256)) * 40)
    found = SimilarityIndex.load(path).search(vectors(rng, 3), k=2)
    assert found.ids.shape == (3, 2)


def test_only_an_index_is_ever_replaced(rng, tmp_path):
    index = SimilarityIndex()
    index.add(vectors(rng, 2))
    (tmp_path / "other").mkdir()
    with pytest.raises(ModelError, match="exists already"):
        index.save(tmp_path / "other", overwrite=True)


def test_an_index_needs_no_torch():
    import subprocess
    import sys

    code = (
        "import sys; from latens.applications import SimilarityIndex; i = SimilarityIndex(); "
        "i.add([[0.0], [1.0]]); i.search([[0.2]], k=1); sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_sparse_items_are_told_apart_beside_a_huge_one():
    index = SimilarityIndex()
    index.add(sparse.csr_array([[1e8], [1.0], [2.0], [5.0], [5.0]]))
    assert [group.tolist() for group in index.near_duplicates(0.0).groups] == [[3, 4]]
    near = SimilarityIndex()
    near.add(sparse.csr_array([[1e4, 0.0], [1e4, 1e-5], [1e4, 3e-5]]))
    found = near.search(sparse.csr_array([[1e4, 0.0]]), 3).distances
    np.testing.assert_allclose(found, [[0.0, 1e-5, 3e-5]], atol=1e-12)


def test_a_loaded_graph_takes_items_before_and_after_its_first_search(rng, tmp_path):
    pytest.importorskip("voyager", reason="voyager is not installed")
    X = vectors(rng, 40)
    index = SimilarityIndex(method="approximate")
    index.add(X[:20])
    index.remove([3])
    loaded = SimilarityIndex.load(index.save(tmp_path / "index"))
    loaded.add(X[20:30])
    loaded.remove([5, 25])
    for n in (30, 40):
        left = np.setdiff1d(np.arange(n), [3, 5, 25])
        np.testing.assert_array_equal(loaded.search(X[left], k=1).ids[:, 0], left)
        if n == 30:
            loaded.add(X[30:40])
