"""A fitted detector as a folder: `detector.json`, `detector.safetensors`, and its model in `model/`."""

from math import prod
from pathlib import Path
from typing import Literal

import numpy as np
from sklearn.base import clone

from latens._json_records import ColumnName, Count, Facts, Finite, Positive, SeedNumber
from latens._saved import Saved, Tensors, check_shapes
from latens._validation import check_parameters
from latens.applications.anomalies.calibration import Calibration, Joined
from latens.applications.anomalies.columns import Ranges
from latens.applications.anomalies.detector import MODEL, SAVED, AnomalyDetector
from latens.applications.anomalies.distances import GaussianDistance, PrincipalAxes
from latens.applications.anomalies.level_pairs import (
    N_EDGES,
    LevelPairs,
    n_levels_of,
    paired_columns,
)
from latens.applications.anomalies.mixed_columns import MixedColumns
from latens.applications.anomalies.rules import RULES, Rule
from latens.data.layouts import Layout, restore_layout
from latens.data.table_encoding.encoder import TableEncoder, TableFacts
from latens.models import load_model
from latens.models.base import BaseAutoencoder
from latens.networks import NetworkFactory

__all__ = ["load_detector"]


class _Scale(Facts):
    least: Positive
    center: Finite
    spread: Positive


class _Scales(Facts):
    neighbours: _Scale
    model: _Scale
    axes: _Scale | None = None
    pairs: _Scale | None = None


class _DetectorFacts(Facts):
    contamination: str | Finite
    model: Literal["rule", "fitted", "given"]
    seed: SeedNumber
    input_shape: list[Count]
    n_features_in: Count
    offset: Finite
    calibrations: _Scales
    feature_names_in: list[ColumnName] | None = None
    # Detectors that latens 0.1 saved have none of these.
    rule: Literal["images", "table", "mixed", "series"] | None = None
    own_offset: Finite | None = None
    outer: Finite | None = None
    rate: Positive | None = None
    layout: Layout | None = None
    given_shape: list[Count] | None = None
    # Of mixed columns.
    table: TableFacts | None = None
    gives_rows: bool = False


def load_detector(
    path: str | Path,
    *,
    network: NetworkFactory | None = None,
    kind: type[BaseAutoencoder] | None = None,
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
    with SAVED.reading(path, _DetectorFacts) as saved:
        model = load_model(path / MODEL, network=network, kind=kind, device=device)
        detector = _restored(saved, model)
    return detector


def _restored(saved: Saved[_DetectorFacts], model: BaseAutoencoder) -> AnomalyDetector:
    facts, arrays = saved.facts, saved.tensors
    origins = {"rule": None, "fitted": model, "given": clone(model)}
    detector = AnomalyDetector(
        origins[facts.model], contamination=facts.contamination, random_state=facts.seed
    )
    check_parameters(detector)
    detector.seed_, detector.offset_ = facts.seed, facts.offset
    detector.input_shape_, detector.n_features_in_ = tuple(facts.input_shape), facts.n_features_in
    if detector.input_shape_ != model.input_shape_:
        raise ValueError(f"its model was fitted on samples of shape {model.input_shape_}")
    _restore_table(detector, facts)
    restore_layout(detector, facts.layout, facts.given_shape)
    if facts.feature_names_in is not None:
        n_named = detector.n_features_in_ if detector.gives_rows_ else prod(detector.input_shape_)
        if n_named != len(facts.feature_names_in):
            raise ValueError("there is not one name for each column")
        detector.feature_names_in_ = np.array(facts.feature_names_in, dtype=object)
    detector.model_, detector.is_own_model_ = model, facts.model != "fitted"
    detector.rule_ = _rule_of(facts)
    detector.own_offset_ = facts.offset if facts.own_offset is None else facts.own_offset
    detector.outer_ = facts.outer
    detector.rate_ = facts.rate
    _check_arrays(arrays, model, detector)
    detector.kept_ = arrays["kept"]
    encoder = detector.table_encoder_
    if encoder is not None and not encoder.is_plain:
        ranges = Ranges(arrays["ranges.low"], arrays["ranges.width"])
        blocks = encoder.blocks_
        detector.mixed_ = MixedColumns(
            blocks, ranges, arrays["mixed.center"], arrays["mixed.weight"]
        )
        if "levels.counts" in arrays:
            pairs = (arrays["levels.edges"], arrays["levels.counts"])
            detector.pairs_ = LevelPairs(paired_columns(blocks), *pairs)
    has_axes = "axes" in RULES[detector.rule_].weights
    detector.axes_ = PrincipalAxes.fit(detector._values(detector.kept_)) if has_axes else None
    detector.code_scale_, detector.residual_scale_ = arrays["code_scale"], arrays["residual_scale"]
    # Images have neither.
    detector.gaussian_ = detector.ranges_ = None
    if len(detector.input_shape_) == 1:
        detector.gaussian_ = GaussianDistance(arrays["gaussian.mean"], arrays["gaussian.whitening"])
        detector.ranges_ = Ranges(arrays["ranges.low"], arrays["ranges.width"])
    joined: dict[str, Joined] = {"neighbours": RULES[detector.rule_].joined}
    detector.calibrations_ = {
        part: Calibration(
            centers=arrays[f"{part}.centers"],
            spreads=arrays[f"{part}.spreads"],
            floors=arrays[f"{part}.floors"],
            least=scale.least,
            center=scale.center,
            spread=scale.spread,
            joined=joined.get(part, "mean"),
        )
        for part, scale in facts.calibrations
        if scale is not None
    }
    return detector


def _rule_of(facts: _DetectorFacts) -> str:
    """What the score is made of, if that fits the samples."""
    is_images = len(facts.input_shape) > 1
    rule = facts.rule or ("images" if is_images else "blend")
    if (rule == "images") != is_images:
        raise ValueError(f"a score of {rule} does not fit samples of shape {facts.input_shape}")
    for part in ("axes", "pairs"):
        has_scale = getattr(facts.calibrations, part) is not None
        if (part in RULES[rule].weights) != has_scale:
            raise ValueError(f"'{part}' has a scale where the score is made of it, and only there")
    if rule == "mixed" and facts.table is None:
        raise ValueError("a score of mixed is for a table whose columns are known")
    return rule


def _restore_table(detector: AnomalyDetector, facts: _DetectorFacts) -> None:
    """Set what the columns of a table of mixed kinds are."""
    n_given = prod(detector.input_shape_)
    if facts.table is not None:
        encoder = TableEncoder.restored(facts.table)
        if detector.input_shape_ != (encoder.n_features,):
            raise ValueError(
                f"a table has {encoder.n_features} features, and its samples shape {detector.input_shape_}"
            )
        detector.table_encoder_, detector.gives_rows_ = encoder, facts.gives_rows
        n_given = encoder.n_features_in_ if facts.gives_rows else n_given
    if n_given != detector.n_features_in_:
        raise ValueError(f"its samples have {n_given} values, not {detector.n_features_in_}")


def _is_mixed(detector: AnomalyDetector) -> bool:
    return detector.table_encoder_ is not None and not detector.table_encoder_.is_plain


def _check_arrays(arrays: Tensors, model: BaseAutoencoder, detector: AnomalyDetector) -> None:
    """Refuse arrays that do not fit each other, and what would divide by 0."""
    rule: Rule = RULES[detector.rule_]
    values, code = prod(model.input_shape_), model.latent_dim
    shapes: dict[str, tuple[int | None, ...]] = {
        "kept": (None, values),
        "code_scale": (code,),
        "residual_scale": (values,),
    }
    scales = len(rule.scales(len(arrays["kept"]))) if len(arrays["kept"]) > 1 else 0
    numbers = {"neighbours": scales, "model": 1}
    if "axes" in rule.weights:
        numbers["axes"] = 1 if detector.rule_ == "mixed" else 2
    if "pairs" in rule.weights:
        numbers["pairs"] = 1
    for part, number in numbers.items():
        shapes |= {f"{part}.{name}": (number,) for name in ("centers", "spreads", "floors")}
    if len(model.input_shape_) == 1:
        is_diagonal = arrays["gaussian.whitening"].ndim == 1
        shapes["gaussian.mean"] = (values + code,)
        shapes["gaussian.whitening"] = (values + code,) * (1 if is_diagonal else 2)
        shapes |= {"ranges.low": (values,), "ranges.width": (values,)}
    if _is_mixed(detector):
        shapes |= {"mixed.center": (values,), "mixed.weight": (values,)}
    if detector.rule_ == "mixed" or "levels.counts" in arrays:
        shapes |= _shapes_of_pairs(detector)
    check_shapes(arrays, shapes)
    for name in arrays:
        if name.endswith(("scale", "spreads", "width", "weight")) and (arrays[name] <= 0).any():
            raise ValueError(f"'{name}' has values that are not positive")


def _shapes_of_pairs(detector: AnomalyDetector) -> dict[str, tuple[int | None, ...]]:
    encoder = detector.table_encoder_
    if encoder is None:
        raise ValueError("pairs of levels are those of a table whose columns are known")
    columns = paired_columns(encoder.blocks_)
    n_levels = n_levels_of(columns)
    return {"levels.edges": (len(columns), N_EDGES), "levels.counts": (n_levels, n_levels)}
