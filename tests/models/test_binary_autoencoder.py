import itertools

import numpy as np
import torch

from latens.metrics import mean_average_precision
from latens.models import Autoencoder, BinaryAutoencoder
from latens.networks import MLP, Binary


def test_codes_are_bits_and_none_is_wasted(images, short):
    codes = BinaryAutoencoder(16, **short).fit(images).transform(images)
    assert set(np.unique(codes)) == {0.0, 1.0}
    assert ((codes.mean(axis=0) > 0.2) & (codes.mean(axis=0) < 0.8)).all()


def test_bits_find_the_class_better_than_the_signs_of_a_plain_code(images, classes, short):
    def score(codes):
        queries, known = codes[1500:], codes[:1500]
        distances = (queries[:, None] != known).sum(axis=2)
        ranked = classes[np.argsort(distances, axis=1, kind="stable")]
        return mean_average_precision(ranked == classes[1500:, None])

    bits = BinaryAutoencoder(32, **short).fit(images[:1000]).transform(images)
    plain = Autoencoder(32, **short).fit(images[:1000]).transform(images)
    assert score(bits > 0) > 0.1 + score(plain > np.median(plain, axis=0))
    assert score(bits > 0) > 0.7


def test_gradients_pass_the_threshold_as_a_sigmoid():
    bottleneck = Binary(MLP((4,)).build((3,), 2), 2).eval()
    h = torch.randn(5, 4, requires_grad=True)
    code = bottleneck(h)
    assert set(code.z.unique().tolist()) <= {0.0, 1.0}
    (gradient,) = torch.autograd.grad(code.z.sum(), h, retain_graph=True)
    (expected,) = torch.autograd.grad(torch.sigmoid(2 * code.before).sum(), h)
    torch.testing.assert_close(gradient, expected)


def test_only_bits_are_decoded(images, brief):
    model = BinaryAutoencoder(4, **brief).fit(images)
    assert not model.has_prior
    words = np.array(list(itertools.product((0.0, 1.0), repeat=4)))
    known = {image.tobytes() for image in model.inverse_transform(words)}
    assert {image.tobytes() for image in model.sample(20, random_state=0)} <= known
    between = np.clip(words, 0.2, 0.7)
    np.testing.assert_array_equal(model.inverse_transform(between), model.inverse_transform(words))
