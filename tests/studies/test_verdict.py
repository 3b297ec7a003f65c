"""Every verdict that can come out, word for word, and the rules that choose between them."""

# ruff: noqa: E501 - a sentence is read best in one line

import pytest

from latens.runs import Evidence, PairedDifference, ResultRow, Structure, Verdict
from latens.studies.verdict import judge

CODE = "the code of autoencoder"
ONE_SEED = (
    "This is one training with one seed; another seed gives other digits. "
    "Repeat it with --seeds 10 before trusting small differences."
)
LABELS = {"raw": "raw pixels", "pca-5": "PCA", "umap-5": "UMAP", "autoencoder": "autoencoder"}
NOISE, CLOUD, SOME = (
    Structure(from_shuffled=0.3, from_gaussian=-1.2),
    Structure(from_shuffled=-80.0, from_gaussian=1.5),
    Structure(from_shuffled=-80.0, from_gaussian=-60.0),
)
PLENTY = Evidence(n_held_out=500, structure=SOME)

# Of the model beside PCA, and of raw values: what the samples have, and what they may well have.
PSNR_WIN = ("pca-5", "psnr", 20.0, 17.0, 0.1)
PSNR_EVEN = ("pca-5", "psnr", 17.1, 17.0, 0.1)
PSNR_LOSS = ("pca-5", "psnr", 15.0, 17.0, 0.1)
MSE_WIN = ("pca-5", "mean_squared_error", 0.40, 0.50, 0.01)
MSE_EVEN = ("pca-5", "mean_squared_error", 0.495, 0.50, 0.001)
ARI_WIN = ("pca-5", "adjusted_rand_score", 0.5, 0.4, 0.02)
ARI_LOSS = ("pca-5", "adjusted_rand_score", 0.068, 0.118, 0.01)
ARI_OPEN = ("pca-5", "adjusted_rand_score", 0.25, 0.2, 0.1)
ARI_LOSS_TO_RAW = ("raw", "adjusted_rand_score", 0.5, 0.6, 0.02)
ARI_EVEN_WITH_RAW = ("raw", "adjusted_rand_score", 0.5, 0.505, 0.02)
ARI_LOSS_TO_UMAP = ("umap-5", "adjusted_rand_score", 0.5, 0.8, 0.02)
KNN_WIN = ("pca-5", "knn_accuracy", 0.9, 0.8, 0.01)
PROBE_LOSS_TO_RAW = ("raw", "linear_probe_accuracy", 0.761, 0.811, 0.005)
TRUST_WIN = ("pca-5", "trustworthiness", 0.98, 0.93, 0.002)

SENTENCES = [
    (
        [PSNR_WIN, ARI_WIN, KNN_WIN],
        PLENTY,
        "better",
        "The code of autoencoder is better than PCA at reconstruction, clusters "
        "and k-NN classification.",
        [
            "Better than PCA: reconstruction (20.00 dB against 17.00 dB); clusters (ARI 0.500 against 0.400); "
            "k-NN classification (accuracy 0.900 against 0.800)."
        ],
    ),
    (
        [MSE_WIN, TRUST_WIN],
        PLENTY,
        "better",
        "The code of autoencoder is better than PCA at reconstruction and neighborhoods.",
        [
            "Better than PCA: reconstruction (error 0.4 against 0.5); neighborhoods (trustworthiness 0.980 "
            "against 0.930)."
        ],
    ),
    (
        [PSNR_WIN, ARI_LOSS],
        PLENTY,
        "mixed",
        "Mixed: the code of autoencoder is better than PCA at reconstruction, "
        "but worse than PCA at clusters.",
        [
            "Better than PCA: reconstruction (20.00 dB against 17.00 dB).",
            "Worse than PCA: clusters (ARI 0.068 against 0.118).",
        ],
    ),
    (
        [PSNR_WIN, ARI_WIN, PROBE_LOSS_TO_RAW, ARI_LOSS_TO_UMAP],
        PLENTY,
        "mixed",
        "Mixed: the code of autoencoder is better than PCA at reconstruction "
        "and clusters, but worse than raw pixels at linear classification and worse than UMAP at clusters.",
        [
            "Better than PCA: reconstruction (20.00 dB against 17.00 dB); clusters (ARI 0.500 against 0.400).",
            "Worse than raw pixels: linear classification (accuracy 0.761 against 0.811).",
            "Worse than UMAP: clusters (ARI 0.500 against 0.800).",
        ],
    ),
    (
        [PSNR_EVEN, ARI_WIN, ARI_EVEN_WITH_RAW, PROBE_LOSS_TO_RAW],
        PLENTY,
        "raw enough",
        "Raw pixels are enough here: they have all that the code of autoencoder gains over PCA.",
        [
            "Better than PCA: clusters (ARI 0.500 against 0.400).",
            "Worse than raw pixels: linear classification (accuracy 0.761 against 0.811).",
        ],
    ),
    (
        [PSNR_EVEN, ARI_LOSS, PROBE_LOSS_TO_RAW],
        PLENTY,
        "pca enough",
        f"PCA is enough here: {CODE} is not shown to be better at anything.",
        [
            "Worse than PCA: clusters (ARI 0.068 against 0.118).",
            "Worse than raw pixels: linear classification (accuracy 0.761 against 0.811).",
            "No clear difference from PCA: reconstruction (17.10 dB against 17.00 dB).",
        ],
    ),
    (
        [PSNR_LOSS],
        PLENTY,
        "pca enough",
        f"PCA is enough here: {CODE} is not shown to be better at anything.",
        ["Worse than PCA: reconstruction (15.00 dB against 17.00 dB)."],
    ),
    (
        [MSE_EVEN, TRUST_WIN],
        Evidence(n_held_out=500, structure=CLOUD),
        "pca enough",
        f"PCA is enough here: {CODE} has nothing to add.",
        [
            "The samples are indistinguishable from a Gaussian cloud with the same correlations, so there is no structure that PCA does not see.",
            "Better than PCA: neighborhoods (trustworthiness 0.980 against 0.930).",
        ],
    ),
    (
        [MSE_EVEN, TRUST_WIN],
        Evidence(n_held_out=500, structure=NOISE),
        "nothing",
        "Nothing to find here: the columns look unrelated.",
        [
            "Shuffling the values of each column among the samples does not change how close the samples lie, so "
            "there are no relations between columns for a code to use.",
            "Better than PCA: neighborhoods (trustworthiness 0.980 against 0.930).",
        ],
    ),
    (
        [PSNR_LOSS],
        Evidence(n_held_out=500, structure=SOME, unfinished="The training ended after 2 epochs."),
        "not trained",
        f"The training was too short to say what {CODE} is worth.",
        [
            "The training ended after 2 epochs. So far it reconstructs no better than PCA.",
            "Worse than PCA: reconstruction (15.00 dB against 17.00 dB).",
        ],
    ),
    (
        [PSNR_EVEN, TRUST_WIN],
        Evidence(n_held_out=500, structure=SOME, unfinished="The training ended after 2 epochs."),
        "not trained",
        f"The training was too short to say what {CODE} is worth.",
        [
            "The training ended after 2 epochs. So far it reconstructs no better than PCA.",
            "Better than PCA: neighborhoods (trustworthiness 0.980 against 0.930).",
            "No clear difference from PCA: reconstruction (17.10 dB against 17.00 dB).",
        ],
    ),
    (
        [PSNR_WIN],
        Evidence(n_held_out=500, structure=SOME, unfinished="The training ended after 2 epochs."),
        "better",
        "The code of autoencoder is better than PCA at reconstruction.",
        [
            "Better than PCA: reconstruction (20.00 dB against 17.00 dB).",
            "The training ended after 2 epochs. A longer training may well change this.",
        ],
    ),
    (
        [PSNR_WIN],
        Evidence(n_held_out=20, structure=SOME),
        "too few",
        "There are too few samples to say.",
        [
            "Only 20 samples are held out.",
            "The gain over PCA could be anything within these 95 % intervals: reconstruction +2.79 to +3.21 dB.",
        ],
    ),
    (
        [PSNR_WIN],
        Evidence(n_held_out=200, n_copies=187, structure=SOME),
        "too few",
        "There are too few samples to say.",
        [
            "187 of the 200 held-out samples are copies of training samples, which leaves 13 that the model has "
            "not seen.",
            "The gain over PCA could be anything within these 95 % intervals: reconstruction +2.8 to +3.2 dB.",
        ],
    ),
    (
        [ARI_OPEN],
        Evidence(n_held_out=40, structure=SOME),
        "too few",
        "There are too few samples to say.",
        [
            "The gain over PCA could be anything within these 95 % intervals: clusters -0.152 to +0.252."
        ],
    ),
]


def row(name, seed, metrics, *, learns_from_labels=False):
    kind, _, size = name.partition("-")
    return ResultRow(
        representation=name,
        label=LABELS.get(name, name),
        kind=kind,
        numbers=int(size or 5),
        seed=seed,
        part="held-out",
        metrics=metrics,
        learns_from_labels=learns_from_labels,
    )


def difference(model, against, metric, seed, gain, error, *, n=500):
    return PairedDifference(
        model=model,
        against=against,
        metric=metric,
        seed=seed,
        gain=gain,
        standard_error=error,
        n=n,
    )


def judged(facts, evidence, seeds=1, learns_from_labels=False):
    """The verdict on a model with these comparisons, in as many seeds."""
    metrics, found, smaller = {}, [], {"mean_squared_error"}
    for against, metric, ours, theirs, error in facts:
        metrics.setdefault(against, {})[metric] = theirs
        metrics.setdefault("autoencoder", {})[metric] = ours
        gain = theirs - ours if metric in smaller else ours - theirs
        found += [
            difference("autoencoder", against, metric, seed, gain, error, n=evidence.n_held_out)
            for seed in range(seeds)
        ]
    rows = [
        row(name, seed, values, learns_from_labels=learns_from_labels and name == "autoencoder")
        for name, values in metrics.items()
        for seed in range(seeds)
    ]
    return judge(rows, found, evidence, model="autoencoder", pca="pca-5")


@pytest.mark.parametrize(("facts", "evidence", "outcome", "head", "reasons"), SENTENCES)
def test_every_sentence(facts, evidence, outcome, head, reasons):
    assert judged(facts, evidence) == Verdict(
        outcome=outcome,
        head=head,
        reasons=reasons,
        sentence=" ".join([head, *reasons]),
        caution=ONE_SEED,
    )


def test_no_outcome_is_left_out_of_the_list():
    assert {outcome for _, _, outcome, _, _ in SENTENCES} == {
        *("better", "mixed", "pca enough", "raw enough", "nothing", "not trained", "too few")
    }


@pytest.mark.parametrize(
    ("ours", "error", "outcome"),
    [
        (20.0, 0.1, "better"),
        (20.0, 2.0, "too few"),
        (17.4, 0.01, "pca enough"),  # sure, and too small to matter
        (16.0, 0.1, "pca enough"),
    ],
)
def test_a_difference_counts_where_it_is_sure_and_large_enough(ours, error, outcome):
    assert judged([("pca-5", "psnr", ours, 17.0, error)], PLENTY).outcome == outcome


def test_a_code_that_learned_from_labels_is_not_judged_by_the_structure_of_the_values_alone():
    noise = Evidence(n_held_out=500, structure=NOISE)
    assert judged([ARI_WIN], noise).outcome == "nothing"
    assert judged([ARI_WIN], noise, learns_from_labels=True).outcome == "better"


def test_a_far_better_reconstruction_is_structure_whatever_the_neighbors_say():
    noise = Evidence(n_held_out=500, structure=NOISE)
    assert judged([PSNR_WIN], noise).outcome == "better"
    folded = ("pca-5", "mean_squared_error", 0.72, 0.80, 0.001)
    assert judged([folded], noise).outcome == "nothing"
    assert judged([folded], PLENTY).outcome == "better"


def test_seeds_that_disagree_widen_the_interval():
    facts = [("pca-5", "psnr", 18.0, 17.0, 0.01)]
    assert judged(facts, PLENTY, seeds=3).outcome == "better"
    assert "3 seeds" in judged(facts, PLENTY, seeds=3).caution
    rows = [row(name, seed, {"psnr": 17.0}) for name in ("ours", "pca-5") for seed in range(3)]
    found = [
        difference("ours", "pca-5", "psnr", seed, gain, 0.01)
        for seed, gain in enumerate((-1.0, 4.0, 0.0))
    ]
    verdict = judge(rows, found, PLENTY, model="ours", pca="pca-5")
    assert verdict.outcome == "too few"
