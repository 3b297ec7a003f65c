"""What a network that works on images of any size is trained on."""

import numpy as np

from latens.applications.denoise.items import ImageItems

__all__ = ["are_whole", "training_rows"]

# Images up to this size are shown whole; larger ones and those of many sizes as crops.
_WHOLE_SIDE = 64
_CROP_SIDE = 48
_MOST_CROPS, _FEWEST_CROPS, _MOST_BYTES = 30_000, 2_000, 2**28
# Random crops that show every pixel about so often.
_SHOWN = 5


def are_whole(items: ImageItems) -> bool:
    """Whether samples are shown as they are: tables, and stacks of small images."""
    return items.is_table or (
        len(items.stacks) == 1 and len(items) > 1 and max(items.stacks[0].shape[1:3]) <= _WHOLE_SIDE
    )


def training_rows(items: ImageItems, rng: np.random.Generator) -> np.ndarray:
    """Return the samples, or square crops of larger images at random places.

    A crop is 48 pixels wide, or as wide as the largest square in any of the images; images without room
    for one are left out. Each image gets crops in proportion to its pixels.

    Returns
    -------
    ndarray of shape (n, n_features), (n, height, width) or (n, height, width, channels)
    """
    if are_whole(items):
        return items.stacks[0]
    images = [image for stack in items.stacks for image in stack]
    side = min(_CROP_SIDE, max(min(image.shape[:2]) for image in images))
    images = [image for image in images if min(image.shape[:2]) >= side]
    pixels = np.array([image.shape[0] * image.shape[1] for image in images], dtype=float)
    bytes_each = side * side * images[0][0, 0].nbytes
    wanted = max(_FEWEST_CROPS, int(_SHOWN * pixels.sum() / side**2))
    n_crops = max(1, min(wanted, _MOST_CROPS, _MOST_BYTES // bytes_each))
    crops = np.empty((n_crops, side, side, *images[0].shape[2:]), dtype=images[0].dtype)
    for number, chosen in enumerate(rng.choice(len(images), n_crops, p=pixels / pixels.sum())):
        image = images[chosen]
        top, left = (int(rng.integers(length - side + 1)) for length in image.shape[:2])
        crops[number] = image[top : top + side, left : left + side]
    return crops
