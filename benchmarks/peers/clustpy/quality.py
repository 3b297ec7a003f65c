"""What ClustPy's default training of an autoencoder reaches on test images, and in what time."""

import time

import peers.clustpy.without_torchvision  # noqa: F401

# isort: split

import torch
from clustpy.deep.neural_networks import FeedforwardAutoencoder
from peers import idx


def prepare(settings):
    train, test = (
        torch.from_numpy(idx.images(settings["data"], part)) / 255 for part in ("train", "t10k")
    )
    train, test = train[: settings["images"]].flatten(1), test.flatten(1)

    def run():
        # The layers that its deep clustering algorithms use.
        network = FeedforwardAutoencoder([784, 500, 500, 2000, settings["code"]], random_state=0)
        start = time.perf_counter()
        network.fit(data=train)
        seconds = time.perf_counter() - start
        with torch.no_grad():
            error = (network(test) - test).square().mean()
        return {"seconds": seconds, "MSE": float(error)}

    return run
