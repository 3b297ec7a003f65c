"""Uses of codes and models. `__all__` lists them, and loads no torch."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from latens.applications.anomalies.detector import AnomalyDetector
    from latens.applications.anomalies.finding import AnomalyFinding, find_anomalies
    from latens.applications.anomalies.persistence import load_detector
    from latens.applications.classify.classifier import FewLabelClassifier
    from latens.applications.classify.comparison import (
        compare_few_labels,
        draw_labels,
    )
    from latens.applications.classify.consistency import Consistency
    from latens.applications.classify.finding import (
        ClassFinding,
        ClassifierComparison,
        compare_classifiers,
        find_classes,
    )
    from latens.applications.classify.probe import Probe
    from latens.applications.classify.propagation import Propagation
    from latens.applications.denoise.blind_denoiser import BlindDenoiser
    from latens.applications.denoise.denoiser import Denoiser
    from latens.applications.denoise.finding import (
        DenoisedImages,
        DenoisingEvaluation,
        denoise_images,
        denoise_with,
        evaluate_denoising,
    )
    from latens.applications.denoise.noise_level import estimate_noise
    from latens.applications.denoise.persistence import load_denoiser
    from latens.applications.denoise.wiener_denoiser import WienerDenoiser
    from latens.applications.embedding import (
        Embedding,
        embed_samples,
    )
    from latens.applications.generate import (
        ClassMixtureSampler,
        MixtureSampler,
        PriorSampler,
        VariationSampler,
        added_accuracy,
        augment,
        evaluate_samples,
        interpolate,
        learnt_features,
        raw_features,
        vary,
    )
    from latens.applications.generate.finding import (
        GenerationFinding,
        Interpolation,
        LabeledSamples,
        NewSamples,
        Variations,
        evaluate_generation,
        generate_samples,
    )
    from latens.applications.new_data import load_new_data
    from latens.applications.recommend import (
        EASE,
        EDLAE,
        InfiniteAE,
        MultDAE,
        MultVAE,
        Popularity,
        Recommender,
        RecVAE,
    )
    from latens.applications.recommend.finding import (
        RecommendationFinding,
        RecommendationQuestion,
        answer_question,
    )
    from latens.applications.search.finding import (
        DuplicateFinding,
        NeighborFinding,
        find_near_duplicates,
        find_neighbors,
    )
    from latens.applications.search.items import (
        SearchItems,
    )
    from latens.applications.search.iterative_quantization import IterativeQuantization
    from latens.applications.search.similarity_index import SimilarityIndex

__all__ = [
    "EASE",
    "EDLAE",
    "AnomalyDetector",
    "AnomalyFinding",
    "BlindDenoiser",
    "ClassFinding",
    "ClassMixtureSampler",
    "ClassifierComparison",
    "Consistency",
    "DenoisedImages",
    "Denoiser",
    "DenoisingEvaluation",
    "DuplicateFinding",
    "Embedding",
    "FewLabelClassifier",
    "GenerationFinding",
    "InfiniteAE",
    "Interpolation",
    "IterativeQuantization",
    "LabeledSamples",
    "MixtureSampler",
    "MultDAE",
    "MultVAE",
    "NeighborFinding",
    "NewSamples",
    "Popularity",
    "PriorSampler",
    "Probe",
    "Propagation",
    "RecVAE",
    "RecommendationFinding",
    "RecommendationQuestion",
    "Recommender",
    "SearchItems",
    "SimilarityIndex",
    "VariationSampler",
    "Variations",
    "WienerDenoiser",
    "added_accuracy",
    "answer_question",
    "augment",
    "compare_classifiers",
    "compare_few_labels",
    "denoise_images",
    "denoise_with",
    "draw_labels",
    "embed_samples",
    "estimate_noise",
    "evaluate_denoising",
    "evaluate_generation",
    "evaluate_samples",
    "find_anomalies",
    "find_classes",
    "find_near_duplicates",
    "find_neighbors",
    "generate_samples",
    "interpolate",
    "learnt_features",
    "load_denoiser",
    "load_detector",
    "load_new_data",
    "raw_features",
    "vary",
]

_PLACES = {
    "AnomalyDetector": "latens.applications.anomalies.detector",
    "AnomalyFinding": "latens.applications.anomalies.finding",
    "BlindDenoiser": "latens.applications.denoise.blind_denoiser",
    "ClassFinding": "latens.applications.classify.finding",
    "ClassMixtureSampler": "latens.applications.generate",
    "ClassifierComparison": "latens.applications.classify.finding",
    "Consistency": "latens.applications.classify.consistency",
    "DenoisedImages": "latens.applications.denoise.finding",
    "Denoiser": "latens.applications.denoise.denoiser",
    "DuplicateFinding": "latens.applications.search.finding",
    "DenoisingEvaluation": "latens.applications.denoise.finding",
    "EASE": "latens.applications.recommend",
    "EDLAE": "latens.applications.recommend",
    "Embedding": "latens.applications.embedding",
    "GenerationFinding": "latens.applications.generate.finding",
    "FewLabelClassifier": "latens.applications.classify.classifier",
    "InfiniteAE": "latens.applications.recommend",
    "Interpolation": "latens.applications.generate.finding",
    "IterativeQuantization": "latens.applications.search.iterative_quantization",
    "LabeledSamples": "latens.applications.generate.finding",
    "MixtureSampler": "latens.applications.generate",
    "MultDAE": "latens.applications.recommend",
    "MultVAE": "latens.applications.recommend",
    "NeighborFinding": "latens.applications.search.finding",
    "NewSamples": "latens.applications.generate.finding",
    "Popularity": "latens.applications.recommend",
    "PriorSampler": "latens.applications.generate",
    "Probe": "latens.applications.classify.probe",
    "Propagation": "latens.applications.classify.propagation",
    "RecVAE": "latens.applications.recommend",
    "RecommendationFinding": "latens.applications.recommend.finding",
    "RecommendationQuestion": "latens.applications.recommend.finding",
    "Recommender": "latens.applications.recommend",
    "SearchItems": "latens.applications.search.items",
    "SimilarityIndex": "latens.applications.search.similarity_index",
    "VariationSampler": "latens.applications.generate",
    "Variations": "latens.applications.generate.finding",
    "WienerDenoiser": "latens.applications.denoise.wiener_denoiser",
    "added_accuracy": "latens.applications.generate",
    "answer_question": "latens.applications.recommend.finding",
    "augment": "latens.applications.generate",
    "compare_classifiers": "latens.applications.classify.finding",
    "compare_few_labels": "latens.applications.classify.comparison",
    "denoise_images": "latens.applications.denoise.finding",
    "denoise_with": "latens.applications.denoise.finding",
    "embed_samples": "latens.applications.embedding",
    "draw_labels": "latens.applications.classify.comparison",
    "estimate_noise": "latens.applications.denoise.noise_level",
    "evaluate_generation": "latens.applications.generate.finding",
    "evaluate_denoising": "latens.applications.denoise.finding",
    "evaluate_samples": "latens.applications.generate",
    "find_anomalies": "latens.applications.anomalies.finding",
    "find_near_duplicates": "latens.applications.search.finding",
    "find_neighbors": "latens.applications.search.finding",
    "generate_samples": "latens.applications.generate.finding",
    "find_classes": "latens.applications.classify.finding",
    "interpolate": "latens.applications.generate",
    "learnt_features": "latens.applications.generate",
    "load_denoiser": "latens.applications.denoise.persistence",
    "load_detector": "latens.applications.anomalies.persistence",
    "load_new_data": "latens.applications.new_data",
    "raw_features": "latens.applications.generate",
    "vary": "latens.applications.generate",
}


def __getattr__(name: str) -> Any:
    """Import a use, and torch where it needs it, only when it is asked for."""
    if name in _PLACES:
        return getattr(import_module(_PLACES[name]), name)
    raise AttributeError(f"module 'latens.applications' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(_PLACES)
