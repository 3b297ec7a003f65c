"""New samples from a fitted model, and what they are worth."""

from latens.applications.generate.augmentation import (
    AddedAccuracy,
    Sampler,
    added_accuracy,
    augment,
)
from latens.applications.generate.class_mixture import ClassMixtureSampler
from latens.applications.generate.evaluation import (
    SampleEvaluation,
    SampleScores,
    compare_models,
    evaluate_samples,
)
from latens.applications.generate.features import Features, learnt_features, raw_features
from latens.applications.generate.interpolation import interpolate
from latens.applications.generate.mixture import MixtureSampler
from latens.applications.generate.pca import PcaModel
from latens.applications.generate.prior import PriorSampler
from latens.applications.generate.variation import VariationSampler, vary

__all__ = [
    "AddedAccuracy",
    "ClassMixtureSampler",
    "Features",
    "MixtureSampler",
    "PcaModel",
    "PriorSampler",
    "SampleEvaluation",
    "SampleScores",
    "Sampler",
    "VariationSampler",
    "added_accuracy",
    "augment",
    "compare_models",
    "evaluate_samples",
    "interpolate",
    "learnt_features",
    "raw_features",
    "vary",
]
