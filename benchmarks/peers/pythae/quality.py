"""What Pythae's default training of an autoencoder reaches on test images, and in what time."""

import tempfile
import time

import torch
from peers import idx
from pythae.data.datasets import BaseDataset
from pythae.models import AE, AEConfig
from pythae.trainers import BaseTrainer, BaseTrainerConfig


def prepare(settings):
    train, test = (
        torch.from_numpy(idx.images(settings["data"], part))[:, None] / 255
        for part in ("train", "t10k")
    )
    train = train[: settings["images"]]
    folder = tempfile.TemporaryDirectory()

    def run():
        torch.manual_seed(0)
        model = AE(AEConfig(input_dim=(1, 28, 28), latent_dim=settings["code"]))
        config = BaseTrainerConfig(output_dir=folder.name, no_cuda=not torch.cuda.is_available())
        dataset = BaseDataset(train, torch.zeros(len(train)))
        start = time.perf_counter()
        BaseTrainer(model=model, train_dataset=dataset, training_config=config).train()
        seconds = time.perf_counter() - start
        with torch.no_grad():
            error = (
                (model.reconstruct(test.to(model.device)) - test.to(model.device)).square().mean()
            )
        return {"seconds": seconds, "MSE": float(error)}

    return run
