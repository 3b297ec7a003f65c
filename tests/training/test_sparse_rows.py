"""Rows of a sparse matrix, dense by the batch and not before."""

import numpy as np
import torch
from scipy import sparse

from latens.data.scaling import UNSCALED
from latens.training import DeviceSamples
from latens.training.sparse_rows import SparseRows


def matrix(rng):
    return sparse.csr_array((rng.random((20, 7)) * (rng.random((20, 7)) < 0.3)).astype(np.float32))


def test_rows_are_those_of_the_dense_matrix_in_any_order(rng):
    dense = matrix(rng).toarray()
    dense[4] = 0  # a row without anything
    X = sparse.csr_array(dense)
    rows = SparseRows(X)
    assert len(rows) == 20
    for index in ([3, 3, 19, 4], [], list(range(20))):
        expected = X.toarray()[index]
        np.testing.assert_array_equal(rows[torch.tensor(index, dtype=torch.int64)], expected)
    np.testing.assert_array_equal(rows[5:50], X.toarray()[5:])


def test_samples_of_a_sparse_matrix_stay_sparse_until_a_batch(rng):
    n = 200_000
    X = sparse.csr_array(sparse.eye_array(n, dtype=np.float32))  # 160 GB if it were dense
    samples = DeviceSamples(X, UNSCALED, torch.device("cpu"), torch.float32)
    batch = samples.batch(torch.tensor([7, n - 1]))
    assert batch.x.shape == (2, n)
    assert batch.x[0].nonzero().tolist() == [[7]]
    assert len(samples) == n


def test_batches_are_those_of_the_dense_samples(rng):
    X = matrix(rng)
    order = torch.from_numpy(rng.permutation(20))

    def batches(rows):
        samples = DeviceSamples(rows, UNSCALED, torch.device("cpu"), torch.float32)
        return [make(0.5) for make in samples.batches(order, 6)]

    for one, other in zip(batches(X), batches(X.toarray()), strict=True):
        torch.testing.assert_close(one.x, other.x)
        assert torch.equal(one.index, other.index)
