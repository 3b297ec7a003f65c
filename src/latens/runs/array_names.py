"""The names of a run's arrays, which README.md describes: `part` is "train" or "test"."""

# Of all samples: `scored`, MAP_ROWS, EXAMPLE_ROWS, CLASS_ROWS and `neighbors` hold places in them.
ROWS, IDS, PART = "rows", "ids", "part"
MAP_ROWS, MAP_IMAGES = "map_rows", "map_images"
EXAMPLE_ROWS, CLASS_ROWS = "example_rows", "class_rows"


def labels(part: str) -> str:
    """Return the name of the labels of all rows."""
    return f"y_{part}"


def scored(part: str) -> str:
    """Return the name of the places of the samples that are scored."""
    return f"scored_{part}"


def codes(model: str, part: str = "test") -> str:
    """Return the name of the codes of the scored rows."""
    return f"codes_{model}_{part}"


def all_codes(model: str, fingerprint: str) -> str:
    """Return the name of the codes of all samples of the data with a fingerprint, of both parts or of all."""
    short = "-".join(one[:12] for one in fingerprint.split("-"))
    return f"codes_{model}_all_{short}"


def draws(model: str) -> str:
    """Return the name of draws from the posterior of each scored held-out row."""
    return f"draws_{model}_test"


def clusters(representation: str, part: str = "test") -> str:
    """Return the name of the clusters of the scored rows."""
    return f"clusters_{representation}_{part}"


def centers(model: str) -> str:
    """Return the name of the centers of the clusters of a model's codes."""
    return f"centers_{model}"


def errors(representation: str) -> str:
    """Return the name of the squared errors of the scored held-out rows."""
    return f"errors_{representation}_test"


def map_of(representation: str, kind: str = "map") -> str:
    """Return the name of a map; its kind is "map" (t-SNE), "umap" or "plane"."""
    return f"{kind}_{representation}"


def examples(representation: str, kind: str = "examples") -> str:
    """Return the name of reconstructed examples; their kind is "examples" or "class_examples"."""
    return f"{kind}_{representation}"


def originals(kind: str = "examples") -> str:
    """Return the name of the samples that `examples` are reconstructions of."""
    return f"{kind}_original"


def generated(model: str) -> str:
    """Return the name of new samples."""
    return f"generated_{model}"


def traversals(model: str) -> str:
    """Return the name of what is decoded along single dimensions of the code."""
    return f"traversals_{model}"


def traversed(model: str) -> str:
    """Return the name of the dimensions of the code that `traversals` go along."""
    return f"traversed_{model}"


def interpolations(model: str) -> str:
    """Return the name of the interpolations between the codes of two samples."""
    return f"interpolations_{model}"


def neighbors(representation: str) -> str:
    """Return the name of the places of some samples and their nearest neighbors."""
    return f"neighbours_{representation}"


def similar(representation: str) -> str:
    """Return the name of the samples that `neighbors` are the rows of."""
    return f"similar_{representation}"


def filters(model: str, layer: str) -> str:
    """Return the name of the filters of a layer."""
    return f"filters_{model}_{layer}"


def patches(model: str, layer: str) -> str:
    """Return the name of the parts of images that excite the units of a layer most."""
    return f"patches_{model}_{layer}"


def finding_images(use: str, number: int) -> str:
    """Return the name of the images of one of the mosaics of a use."""
    return f"use_{use}_{number}"
