import numpy as np
from scipy.spatial.distance import cdist

from latens.metrics.centroids import Centroids
from latens.metrics.inputs import as_labels
from latens.pairwise import Centering


def test_centroids_are_the_means_over_several_blocks(rng):
    Z, labels = 7 + rng.normal(size=(3000, 90)), rng.integers(0, 4, 3000)
    found, centering = Centroids.of(Z, as_labels(labels)), Centering.of(Z)
    means = np.stack([Z[labels == k].mean(axis=0) for k in range(4)])
    np.testing.assert_allclose(centering.undo(found.means), means, rtol=1e-12)
    np.testing.assert_allclose(found.distances / centering.scale, cdist(means, means), atol=1e-12)
    lengths = np.linalg.norm(Z - means[labels], axis=1)
    expected = np.bincount(labels, lengths), np.bincount(labels, lengths**2)
    np.testing.assert_allclose(found.lengths / centering.scale, expected[0])
    np.testing.assert_allclose(found.squares / centering.scale**2, expected[1])
    assert found.sizes.tolist() == np.bincount(labels).tolist()
