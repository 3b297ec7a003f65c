"""New images from Pythae's mixture sampler on a trained autoencoder: seconds to fit, draw and decode."""

import tempfile
import time

import torch
from peers import idx, linear_features
from pythae.data.datasets import BaseDataset
from pythae.models import AE, AEConfig
from pythae.samplers import GaussianMixtureSampler, GaussianMixtureSamplerConfig
from pythae.trainers import BaseTrainer, BaseTrainerConfig


def prepare(settings):
    train, test = (
        torch.from_numpy(idx.images(settings["data"], part))[:, None] / 255
        for part in ("train", "t10k")
    )
    train = train[: settings["images"]]
    torch.manual_seed(0)
    # Its default network: one layer of 512 units on either side.
    model = AE(AEConfig(input_dim=(1, 28, 28), latent_dim=settings["code"]))
    folder = tempfile.TemporaryDirectory()
    config = BaseTrainerConfig(
        output_dir=folder.name,
        num_epochs=settings["epochs"],
        per_device_train_batch_size=256,
        learning_rate=1e-3,
        no_cuda=not torch.cuda.is_available(),
    )
    dataset = BaseDataset(train, torch.zeros(len(train)))
    BaseTrainer(model=model, train_dataset=dataset, training_config=config).train()

    def run(_=folder):
        start = time.perf_counter()
        sampler = GaussianMixtureSampler(model, GaussianMixtureSamplerConfig(n_components=10))
        sampler.fit(train)
        images = sampler.sample(num_samples=settings["generated"], return_gen=True)
        seconds = time.perf_counter() - start
        distance = linear_features.frechet_distance(test.numpy(), images.cpu().numpy())
        return {"seconds": seconds, "Fréchet, 64 components": distance}

    return run
