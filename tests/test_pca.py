"""PCA by the solver that the shape of the data calls for."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

from latens._pca import fit_pca


@pytest.mark.parametrize("shape", [(40, 6), (300, 1_300), (1_300, 1_100), (20, 1_500)])
@pytest.mark.parametrize("n_components", [1, 4])
def test_components_are_those_of_a_full_decomposition(rng, shape, n_components):
    rows = rng.normal(size=shape)
    rows[:, :5] *= [9, 8, 7, 6, 5]
    exact = PCA(n_components, svd_solver="full").fit(rows)
    found = fit_pca(rows, n_components)
    np.testing.assert_allclose(found.explained_variance_, exact.explained_variance_, rtol=1e-6)
    alike = np.abs((found.components_ * exact.components_).sum(axis=1))
    np.testing.assert_allclose(alike, 1, atol=1e-6)


@pytest.mark.parametrize("shape", [(30, 6), (12, 1_300)])
def test_all_components_are_had_where_no_number_is_given(rng, shape):
    rows = rng.normal(size=shape)
    assert len(fit_pca(rows).components_) == min(shape)
    assert len(fit_pca(rows, min(shape)).components_) == min(shape)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n_components", [30, 60])
def test_most_components_of_few_rows_are_those_of_a_full_decomposition(rng, dtype, n_components):
    # A spectrum that falls a thousandfold, as that of photographs does.
    rows = rng.normal(size=(60, 60)) @ (
        rng.normal(size=(60, 1_500)) * np.logspace(0, -3, 60)[:, None]
    )
    rows = (rows + 5).astype(dtype)
    exact = PCA(n_components, svd_solver="full").fit(rows.astype(np.float64))
    found = fit_pca(rows, n_components)
    for name in ("explained_variance_", "explained_variance_ratio_", "singular_values_"):
        expected = getattr(exact, name)
        np.testing.assert_allclose(
            getattr(found, name), expected, rtol=1e-4, atol=1e-5 * expected[0]
        )
    products = found.components_ @ found.components_.T
    np.testing.assert_allclose(products, np.eye(n_components), atol=1e-5)
    rebuilt = found.inverse_transform(found.transform(rows))
    expected = exact.inverse_transform(exact.transform(rows))
    np.testing.assert_allclose(rebuilt, expected, atol=2e-3)
    assert found.transform(rows).dtype == dtype
    assert found.noise_variance_ == pytest.approx(exact.noise_variance_, rel=0.01, abs=1e-9)


def test_whole_numbers_of_few_rows_are_not_wrapped_around(rng):
    rows = rng.integers(0, 256, size=(20, 1_500), dtype=np.uint8)
    exact = PCA(20, svd_solver="full").fit(rows.astype(np.float64))
    found = fit_pca(rows, 20)
    np.testing.assert_allclose(found.mean_, exact.mean_)
    np.testing.assert_allclose(found.singular_values_[:19], exact.singular_values_[:19], rtol=1e-9)


def test_no_square_of_many_columns_is_made(monkeypatch, rng):
    # 52 x 64 pixels in color, which an eigendecomposition takes minutes for.
    rows = rng.normal(size=(150, 9_984)).astype(np.float32)
    monkeypatch.setattr(np.linalg, "eigh", None)
    assert fit_pca(rows, 10).components_.shape == (10, 9_984)


def test_constant_rows_have_no_variance():
    assert not fit_pca(np.ones((20, 3)), 2).explained_variance_.any()
