from .anomalies.detector import AnomalyDetector
from .anomalies.finding import AnomalyFinding, find_anomalies
from .anomalies.persistence import load_detector
from .classify.classifier import FewLabelClassifier
from .classify.comparison import compare_few_labels, draw_labels
from .classify.consistency import Consistency
from .classify.finding import ClassFinding, ClassifierComparison, compare_classifiers, find_classes
from .classify.probe import Probe
from .classify.propagation import Propagation
from .compare.comparison import RunComparison, compare_runs
from .denoise.blind_denoiser import BlindDenoiser
from .denoise.denoiser import Denoiser
from .denoise.finding import (
    DenoisedImages,
    DenoisingEvaluation,
    denoise_images,
    denoise_with,
    evaluate_denoising,
)
from .denoise.noise_level import estimate_noise
from .denoise.persistence import load_denoiser
from .denoise.wiener_denoiser import WienerDenoiser
from .embedding import Embedding, embed_samples
from .generate import (
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
from .generate.finding import (
    GenerationFinding,
    Interpolation,
    LabeledSamples,
    NewSamples,
    Variations,
    evaluate_generation,
    generate_samples,
    judge_rows,
)
from .impute.finding import ImputationFinding, impute_table
from .new_data import load_new_data
from .profiles.profiling import profile_clusters
from .profiles.samples import cluster_table
from .recommend import EASE, EDLAE, InfiniteAE, MultDAE, MultVAE, Popularity, Recommender, RecVAE
from .recommend.finding import RecommendationFinding, RecommendationQuestion, answer_question
from .search.finding import DuplicateFinding, NeighborFinding, find_near_duplicates, find_neighbors
from .search.items import SearchItems
from .search.iterative_quantization import IterativeQuantization
from .search.similarity_index import SimilarityIndex

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
    "ImputationFinding",
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
    "RunComparison",
    "SearchItems",
    "SimilarityIndex",
    "VariationSampler",
    "Variations",
    "WienerDenoiser",
    "added_accuracy",
    "answer_question",
    "augment",
    "cluster_table",
    "compare_classifiers",
    "compare_few_labels",
    "compare_runs",
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
    "impute_table",
    "interpolate",
    "judge_rows",
    "learnt_features",
    "load_denoiser",
    "load_detector",
    "load_new_data",
    "profile_clusters",
    "raw_features",
    "vary",
]
