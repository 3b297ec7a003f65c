"""One epoch of ClustPy's own training loop, with the network of a row."""

import time

import peers.clustpy.without_torchvision  # noqa: F401

# isort: split

import torch
from clustpy.deep.neural_networks._abstract_autoencoder import _AbstractAutoencoder
from peers import plain_networks
from torch.nn import functional


class Autoencoder(_AbstractAutoencoder):
    def __init__(self, settings):
        super().__init__(random_state=0)
        self.encoder, self.decoder = plain_networks.network(settings)

    def encode(self, x):
        return self.encoder(x)

    def decode(self, z):
        return self.decoder(z).sigmoid()


def prepare(settings):
    torch.manual_seed(0)
    network = Autoencoder(settings)
    x = plain_networks.images(settings) / 255

    def run():
        start = time.perf_counter()
        network.fit(
            n_epochs=1, batch_size=settings["batch"], data=x, ssl_loss_fn=functional.mse_loss
        )
        seconds = time.perf_counter() - start
        return {"seconds": seconds, "images/s": len(x) / seconds}

    run()  # memory and kernels
    return run
