"""One epoch of Pythae's own training loop, with the network of a row."""

import tempfile
import time

import torch
from peers import plain_networks
from pythae.data.datasets import BaseDataset
from pythae.models import AE, AEConfig
from pythae.models.base.base_utils import ModelOutput
from pythae.models.nn import BaseDecoder, BaseEncoder
from pythae.trainers import BaseTrainer, BaseTrainerConfig


class Encoder(BaseEncoder):
    def __init__(self, layers):
        super().__init__()
        self.layers = layers

    def forward(self, x):
        return ModelOutput(embedding=self.layers(x))


class Decoder(BaseDecoder):
    def __init__(self, layers):
        super().__init__()
        self.layers = layers

    def forward(self, z):
        return ModelOutput(reconstruction=self.layers(z).sigmoid())


def prepare(settings):
    torch.manual_seed(0)
    encoder, decoder = plain_networks.network(settings)
    code = {"latent_clusters": 6, "fashion_features": 10}.get(settings["network"]) or settings[
        "code"
    ]
    model = AE(AEConfig(input_dim=(1, 28, 28), latent_dim=code), Encoder(encoder), Decoder(decoder))
    x = plain_networks.images(settings) / 255
    folder = tempfile.TemporaryDirectory()
    config = BaseTrainerConfig(
        output_dir=folder.name,
        num_epochs=1,
        per_device_train_batch_size=settings["batch"],
        learning_rate=1e-3,
        no_cuda=not torch.cuda.is_available(),
    )
    dataset = BaseDataset(x, torch.zeros(len(x)))

    def run(_=folder):
        trainer = BaseTrainer(model=model, train_dataset=dataset, training_config=config)
        start = time.perf_counter()
        trainer.train()
        seconds = time.perf_counter() - start
        return {"seconds": seconds, "images/s": len(x) / seconds}

    run()  # memory and kernels
    return run
