import threading

import numpy as np
import pytest
import torch

from latens.data.scaling import Scaling, fit_scaling
from latens.training import DeviceSamples

CPU = torch.device("cpu")


def samples(X, scaling=None):
    return DeviceSamples(X, scaling or fit_scaling(X), CPU, torch.float32)


def test_bytes_are_kept_as_bytes_and_scaled_by_the_batch():
    X = np.random.default_rng(0).integers(0, 256, (10, 4, 5), dtype=np.uint8)
    kept = samples(X)
    assert kept._rows.dtype == torch.uint8
    assert kept._rows.data_ptr() == X.ctypes.data
    batch = kept.batch(torch.tensor([3, 1]))
    assert batch.x.shape == (2, 1, 4, 5)
    np.testing.assert_allclose(batch.x[:, 0].numpy(), X[[3, 1]] / 255, rtol=1e-6)


def test_a_batch_that_is_not_told_how_far_a_training_is_belongs_to_its_end():
    assert samples(np.ones((4, 2))).batch(torch.tensor([1])).progress == 1.0


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_floats_that_torch_knows_are_left_as_they_are_and_others_become_the_next_that_it_knows(
    dtype,
):
    X = np.ones((4, 2), dtype)
    kept = samples(X, fit_scaling(X.astype(np.float64)))._rows
    known = {2: torch.float32, 4: torch.float32}.get(X.dtype.itemsize, torch.float64)
    assert kept.dtype == known
    assert (kept.data_ptr() == X.ctypes.data) == (X.dtype.itemsize in (4, 8))


def test_rows_and_labels_are_told_from_others():
    X, y = np.arange(6.0).reshape(3, 2), np.array([0, 1, 1])

    def known(X, y=None):
        return DeviceSamples(X, fit_scaling(X), CPU, torch.float32, y).fingerprint()

    assert known(X, y) == known(X.copy(), y.copy())
    assert len({known(X), known(X + 1), known(X, y), known(X, 1 - y)}) == 4


def test_color_images_become_channels_first_without_a_copy():
    X = np.random.default_rng(0).integers(0, 256, (6, 4, 5, 3), dtype=np.uint8)
    x = samples(X).rows(0, 6)
    assert x.shape == (6, 3, 4, 5)
    np.testing.assert_allclose(x[:, 2].numpy(), X[..., 2] / 255, rtol=1e-6)


def test_large_offsets_lose_nothing():
    """Seconds since 1970 differ in their last digits, which float32 does not have."""
    X = 1.7e9 + np.arange(8.0)[:, None]
    x = samples(X).rows(0, 8)
    np.testing.assert_allclose(
        x[:, 0].numpy(), (np.arange(8) - 3.5) / np.arange(8).std(), rtol=1e-6
    )


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint16", "int64", ">f4", "float16", "float64"])
def test_every_type_of_number_is_understood(dtype):
    X = np.array([[0, 1], [1, 0], [1, 1]]).astype(dtype)
    scaling = Scaling(np.array(0.0), np.array(1.0), bounded=True)
    np.testing.assert_array_equal(samples(X, scaling).rows(0, 3).numpy(), X.astype(np.float32))


def test_memory_mapped_and_read_only_data_are_left_where_they_are(tmp_path):
    np.save(tmp_path / "X.npy", np.arange(12, dtype=np.float32).reshape(6, 2))
    mapped = np.load(tmp_path / "X.npy", mmap_mode="r")
    kept = samples(mapped)
    assert kept._rows.data_ptr() == mapped.ctypes.data
    assert kept.rows(2, 4).shape == (2, 2)


def test_views_that_run_backwards_are_understood():
    X = np.arange(12.0).reshape(6, 2)[::-1]
    scaling = Scaling(np.array(0.0), np.array(1.0), bounded=False)
    np.testing.assert_array_equal(samples(X, scaling).rows(0, 6).numpy(), X)


def test_mapped_rows_come_in_the_same_batches_as_rows_in_memory(tmp_path):
    X = np.random.default_rng(0).integers(0, 256, (50, 6), dtype=np.uint8)
    np.save(tmp_path / "X.npy", X)
    mapped = np.load(tmp_path / "X.npy", mmap_mode="r")
    near, far = samples(X), samples(np.asarray(mapped))
    assert (near._is_far, far._is_far) == (False, True)
    order = torch.randperm(50, generator=torch.Generator().manual_seed(0))
    pairs = list(zip(near.batches(order, 8), far.batches(order, 8), strict=True))
    assert len(pairs) == 7
    for ours, theirs in pairs:
        assert torch.equal(ours(0.5).x, theirs(0.5).x)
        assert torch.equal(ours(0.5).index, theirs(0.5).index)


def test_a_reader_ends_when_nobody_wants_its_batches_any_more(tmp_path):
    np.save(tmp_path / "X.npy", np.zeros((50, 6), np.float32))
    before = threading.active_count()
    batches = samples(np.load(tmp_path / "X.npy", mmap_mode="r")).batches(torch.arange(50), 4)
    next(batches)
    assert threading.active_count() == before + 1
    batches.close()
    assert threading.active_count() == before
