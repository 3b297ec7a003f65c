"""Which files are edited, and which tests are to notice."""

from pathlib import Path

__all__ = ["edited_files", "tests_of"]

_SOURCE = "src/latens"
_EDITED = (
    "metrics",
    "pairwise",
    "objectives",
    "clustering",
    "training",
    "studies/protocol",
    "studies/scoring.py",
)

# Beside the tests of the same name, `tests/metrics/test_ssim.py` for `metrics/ssim.py`, and the examples in
# the file itself. The fastest first: the first failure ends the run.
_MORE: dict[str, tuple[str, ...]] = {
    "clustering/kmeans/base.py": (
        "tests/clustering/kmeans/test_kmeans.py",
        "tests/clustering/kmeans/test_minibatch.py",
    ),
    "clustering/kmeans/brute_force.py": (
        "tests/clustering/kmeans/test_lloyd.py",
        "tests/clustering/kmeans/test_kmeans.py",
    ),
    "clustering/kmeans/centered_data.py": ("tests/clustering/kmeans/test_kmeans.py",),
    "clustering/kmeans/cluster_sums.py": (
        "tests/clustering/kmeans/test_lloyd.py",
        "tests/clustering/kmeans/test_kmeans.py",
    ),
    "clustering/kmeans/lloyd.py": ("tests/clustering/kmeans/test_kmeans.py",),
    "clustering/kmeans/weighted_sampling.py": ("tests/clustering/kmeans/test_seeding.py",),
    "metrics/ssim.py": ("tests/objectives/test_structural.py",),
    "objectives/dictionary.py": ("tests/objectives/test_code_penalties.py",),
    "objectives/discrepancy.py": tuple(
        f"tests/models/test_wasserstein_autoencoder.py::{test}"
        for test in (
            "test_kernel_and_estimate_are_those_of_the_definition",
            "test_it_is_zero_on_average_at_equal_distributions_and_only_there",
            "test_it_grows_with_the_distance_and_its_gradient_reaches_far_codes",
            "test_a_batch_of_one_sample_has_a_finite_discrepancy",
        )
    ),
    "objectives/structural.py": ("tests/objectives/test_reconstruction.py",),
    "objectives/blind_spot.py": ("tests/objectives/test_corruption.py",),
    "objectives/total_correlation.py": ("tests/objectives/test_code_penalties.py",),
    "pairwise/centering.py": ("tests/metrics/test_properties.py",),
    "pairwise/distances.py": ("tests/pairwise/test_nearest_rows.py",),
    "pairwise/running_top_k.py": ("tests/pairwise/test_nearest_rows.py",),
    "pairwise/thread_pool.py": ("tests/clustering/kmeans/test_lloyd.py",),
    "pairwise/tiles.py": ("tests/pairwise/test_distance_sums.py",),
    "studies/protocol/measure_all.py": (
        "tests/studies/test_measurements.py",
        "tests/studies/test_protocol.py",
    ),
    "studies/protocol/partition.py": (
        "tests/studies/test_measurements.py",
        "tests/studies/test_protocol.py",
    ),
    "studies/protocol/published.py": (
        "tests/studies/test_published.py",
        "tests/studies/test_protocol.py",
    ),
    "studies/protocol/variances.py": ("tests/studies/test_measurements.py",),
    "training/callbacks.py": ("tests/training/test_trainer.py",),
    "training/draws.py": ("tests/training/test_trainer.py",),
    "training/loop.py": (
        "tests/training/test_trainer.py",
        "tests/training/test_checkpoints.py",
        "tests/training/test_early_stopping.py",
    ),
    "training/losses.py": ("tests/training/test_trainer.py",),
    "training/optimizers.py": ("tests/training/test_trainer.py",),
    "training/state.py": ("tests/training/test_checkpoints.py", "tests/training/test_trainer.py"),
    "training/precision.py": ("tests/training/test_precision_trial.py",),
    "training/trial_steps.py": (
        "tests/training/test_estimate.py",
        "tests/training/test_precision_trial.py",
    ),
    "training/threads.py": ("tests/training/test_trainer.py",),
}


def edited_files(root: Path) -> list[str]:
    """Return the files that mutants are made of, as paths below the root, in the order of their names."""
    found: list[Path] = []
    for name in _EDITED:
        place = root / _SOURCE / name
        found += [place] if place.is_file() else place.rglob("*.py")
    return sorted(path.relative_to(root).as_posix() for path in found)


def tests_of(file: str, root: Path) -> list[str]:
    """Return what pytest is to run for a file, as paths below the root.

    Parameters
    ----------
    file : str
        As `edited_files` has it.
    root : Path
    """
    inside = file.removeprefix(f"{_SOURCE}/")
    folder, _, name = inside.rpartition("/")
    same = f"tests/{folder}/test_{name}"
    named = [same] if (root / same).is_file() else []
    return [*named, file, *_MORE.get(inside, ())]
