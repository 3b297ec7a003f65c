"""A fitted detector as a folder: `detector.json`, `detector.safetensors`, and its model in `model/`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file
from sklearn.base import clone

import latens
from latens._saved import SavedKind
from latens.applications.anomalies.calibration import Calibration
from latens.applications.anomalies.columns import Ranges
from latens.applications.anomalies.detector import AnomalyDetector
from latens.applications.anomalies.distances import Gaussian
from latens.exceptions import ModelError
from latens.models import load_model

if TYPE_CHECKING:
    from latens.models.base import BaseAutoencoder
    from latens.networks import NetworkFactory

__all__ = ["load_detector", "write_detector"]

_SAVED = SavedKind("detector")
_ARRAYS, _MODEL = "detector.safetensors", "model"


def write_detector(detector: AnomalyDetector, path: Path, *, overwrite: bool) -> Path:
    """Write a fitted detector to a folder that is complete or not there at all."""
    with _SAVED.writing(path, _describe(detector), overwrite=overwrite) as folder:
        arrays = {name: np.ascontiguousarray(array) for name, array in _arrays(detector).items()}
        save_file(arrays, folder / _ARRAYS)
        detector.model_.save(folder / _MODEL)
    return path


def load_detector(
    path: str | Path,
    *,
    network: "NetworkFactory | None" = None,
    kind: "type[BaseAutoencoder] | None" = None,
    device: str = "auto",
) -> AnomalyDetector:
    """Read a detector that `AnomalyDetector.save` wrote, ready to score or to be fitted anew.

    Parameters
    ----------
    path : str or path
        The folder.
    network, kind, device
        As of `latens.load_model`, for the model inside.

    Raises
    ------
    ModelError
        If the folder is not a detector, or is damaged.

    Examples
    --------
    >>> load_detector("no-such-folder")
    Traceback (most recent call last):
    ...
    latens.exceptions.ModelError: 'no-such-folder' is not a saved detector: it has no detector.json.
    """
    path = Path(path)
    about = _SAVED.read(path)
    model = load_model(path / _MODEL, network=network, kind=kind, device=device)
    try:
        arrays = load_file(path / _ARRAYS)
    except (SafetensorError, OSError) as error:
        raise ModelError(f"The detector '{path}' is damaged: {_ARRAYS}: {error}") from error
    try:
        return _rebuilt(about, arrays, model)
    except (KeyError, TypeError) as error:
        raise ModelError(f"The detector '{path}' is damaged or incomplete: {error}") from error


def _describe(detector: AnomalyDetector) -> dict[str, Any]:
    about = {
        "latens": latens.__version__,
        "contamination": detector.contamination,
        "model": _origin(detector),
        "seed": detector.seed_,
        "input_shape": list(detector.input_shape_),
        "n_features_in": detector.n_features_in_,
        "offset": detector.offset_,
        "calibrations": {
            part: {"least": one.least, "center": one.center, "spread": one.spread}
            for part, one in detector.calibrations_.items()
        },
    }
    if hasattr(detector, "feature_names_in_"):
        about["feature_names_in"] = list(detector.feature_names_in_)
    return about


def _origin(detector: AnomalyDetector) -> str:
    """Where the model came from, which decides what a new `fit` does."""
    if detector.model is None:
        return "rule"
    return "given" if detector.is_own_model_ else "fitted"


def _arrays(detector: AnomalyDetector) -> dict[str, np.ndarray]:
    arrays = {
        "kept": detector.kept_,
        "code_scale": detector.code_scale_,
        "residual_scale": detector.residual_scale_,
    }
    if detector.gaussian_ is not None:
        arrays |= {
            "gaussian.mean": detector.gaussian_.mean,
            "gaussian.whitening": detector.gaussian_.whitening,
        }
    if detector.ranges_ is not None:
        arrays |= {"ranges.low": detector.ranges_.low, "ranges.width": detector.ranges_.width}
    for part, one in detector.calibrations_.items():
        arrays |= {
            f"{part}.centers": one.centers,
            f"{part}.spreads": one.spreads,
            f"{part}.floors": one.floors,
        }
    return arrays


def _rebuilt(
    about: dict[str, Any], arrays: dict[str, np.ndarray], model: "BaseAutoencoder"
) -> AnomalyDetector:
    origins = {"rule": None, "fitted": model, "given": clone(model)}
    detector = AnomalyDetector(
        origins[about["model"]], contamination=about["contamination"], random_state=about["seed"]
    )
    detector.seed_, detector.offset_ = about["seed"], about["offset"]
    detector.input_shape_ = tuple(about["input_shape"])
    detector.n_features_in_ = about["n_features_in"]
    if "feature_names_in" in about:
        detector.feature_names_in_ = np.array(about["feature_names_in"], dtype=object)
    detector.model_, detector.is_own_model_ = model, about["model"] != "fitted"
    detector.kept_ = arrays["kept"]
    detector.code_scale_, detector.residual_scale_ = arrays["code_scale"], arrays["residual_scale"]
    # Images have neither.
    detector.gaussian_ = detector.ranges_ = None
    if "gaussian.mean" in arrays:
        detector.gaussian_ = Gaussian(arrays["gaussian.mean"], arrays["gaussian.whitening"])
    if "ranges.low" in arrays:
        detector.ranges_ = Ranges(arrays["ranges.low"], arrays["ranges.width"])
    detector.calibrations_ = {
        part: Calibration(
            centers=arrays[f"{part}.centers"],
            spreads=arrays[f"{part}.spreads"],
            floors=arrays[f"{part}.floors"],
            **numbers,
        )
        for part, numbers in about["calibrations"].items()
    }
    return detector
