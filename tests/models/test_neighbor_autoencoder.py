import numpy as np

from latens.metrics import silhouette_score
from latens.models import Autoencoder, NeighborAutoencoder


def test_groups_stand_apart_also_where_new_samples_fall(images, classes, settings):
    def apart(model):
        codes = model.fit(images[:1500]).transform(images[1500:])
        return silhouette_score(codes, classes[1500:])

    plain = apart(Autoencoder(2, **settings))
    assert apart(NeighborAutoencoder(2, **settings)) > plain + 0.1


def test_neighbors_stay_together(images, short):
    images = images[:800]
    codes = NeighborAutoencoder(4, **short).fit(images).transform(images)
    flat = images.reshape(len(images), -1) * 1.0
    nearest = [np.argsort(np.linalg.norm(flat - one, axis=1))[1] for one in flat[:100]]
    together = np.linalg.norm(codes[:100] - codes[nearest], axis=1)
    by_chance = np.linalg.norm(codes[:100] - codes[100:200], axis=1)
    assert np.median(together) < np.median(by_chance) / 3


def test_more_weight_on_neighbors_reconstructs_worse(images, short):
    images = images[:800]

    def score(weight):
        model = NeighborAutoencoder(4, neighbor_weight=weight, **short)
        return model.fit(images).score(images)

    assert score(10.0) < score(0.0)


def test_more_degrees_of_freedom_leave_groups_less_apart(images, classes, short):
    images, classes = images[:800], classes[:800]

    def apart(degrees_of_freedom):
        model = NeighborAutoencoder(10, degrees_of_freedom=degrees_of_freedom, **short)
        return silhouette_score(model.fit(images).transform(images), classes)

    assert apart(1) > apart(30) + 0.1
