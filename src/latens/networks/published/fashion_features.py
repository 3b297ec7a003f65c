"""The network of the study `fashion-features`."""

from torch import nn

from latens.networks.factory import Parts
from latens.networks.layers.bilinear import BilinearUpsample
from latens.networks.published.base import PublishedNet
from latens.networks.published.keras_layers import batch_norm, bilinear_output, convolution, dense

__all__ = ["FashionFeaturesNet"]


class FashionFeaturesNet(PublishedNet):
    """Ten features of pictures of clothes: three strided convolutions and their mirror image.

    22,731 parameters, of which 22,475 are trained; the rest are the running statistics of the batch
    normalizations. Every hidden layer and the code itself are ReLU, and normalization follows activation.
    The up-sampling is the one of the study's Keras of 2018 (see `BilinearUpsample`).

    References
    ----------
    mbenhamd (2019), Convolutional autoencoder and clustering improvement.
    https://github.com/mbenhamd/autoencodeur-convolutionel-extraction-caracteristiques

    Examples
    --------
    >>> FashionFeaturesNet().build((1, 28, 28), code_dim=10).width
    256
    """

    input_shape = (1, 28, 28)
    code_dim = 10

    def _parts(self) -> Parts:
        encoder = nn.Sequential(
            *_stage(1, 32, stride=2),
            *_stage(32, 16, stride=2),
            *_stage(16, 16, stride=2),
            nn.Flatten(),
        )
        decoder = nn.Sequential(
            dense(10, 256),
            nn.ReLU(),
            nn.Unflatten(1, (16, 4, 4)),
            *_stage(16, 16),
            BilinearUpsample(4, 4),
            *_stage(16, 16),
            BilinearUpsample(8, 8),
            # Without padding, 16x16 becomes 14x14, the half of the picture.
            *_stage(16, 32, padding="valid"),
            bilinear_output(14, 32, 3),
        )
        return Parts(encoder, decoder, 256, head=nn.Sequential(dense(256, 10), nn.ReLU()))


def _stage(n_in: int, n_out: int, *, stride: int = 1, padding: str = "same") -> list[nn.Module]:
    convolved = convolution(n_in, n_out, 3, stride=stride, padding=padding)
    return [convolved, nn.ReLU(inplace=True), batch_norm(n_out)]
