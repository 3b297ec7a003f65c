"""The autoencoder of a detector that is given none."""

from math import prod

from latens.models import Autoencoder
from latens.networks import MLP
from latens.training import Trainer

__all__ = ["default_model", "default_trainer"]

_MOST_CODE = 32  # numbers
_UNITS, _DENSE_VALUES = 256, 4096  # of the network for images, and up to which size it is dense
_BATCH = 128  # small tables need no more steps than this gives


def default_trainer(n_samples: int, *, device: str = "auto") -> Trainer:
    """Return the trainer of the autoencoder that is taken when none is given."""
    return Trainer(preset="fast", batch_size=min(_BATCH, n_samples), device=device, callbacks=())


def default_model(shape: tuple[int, ...], trainer: Trainer | None = None) -> Autoencoder:
    """Return the autoencoder for samples when none is given, from the shape of all of them."""
    values = prod(shape[1:])
    # What is rare is not learned by a small network. Larger images need convolutions, which are shared.
    small = MLP((_UNITS,)) if len(shape) > 2 and values <= _DENSE_VALUES else None
    return Autoencoder(
        min(_MOST_CODE, -(-values // 3)),
        network=small,
        trainer=trainer or default_trainer(shape[0]),
    )
