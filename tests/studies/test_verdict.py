import pytest

from latens.studies.verdict import judge


def rows(model_psnr, pca_psnr, model_ari, pca_ari):
    """Held-out rows of a model and PCA, one seed per value."""
    made = []
    for name, psnr, ari in (("ours", model_psnr, model_ari), ("pca-5", pca_psnr, pca_ari)):
        for seed, (one, other) in enumerate(zip(psnr, ari, strict=True)):
            values = {"psnr": one, "adjusted_rand_score": other}
            made.append(
                {
                    "representation": name,
                    "part": "held-out",
                    "seed": seed,
                    "label": name,
                    "numbers": 5,
                    "metrics": values,
                }
            )
    return made


@pytest.mark.parametrize(
    ("ours", "theirs", "worth"),
    [
        (([20.0], [0.5]), ([17.0], [0.4]), True),
        (([20.0], [0.3]), ([17.0], [0.4]), True),
        (([17.1], [0.41]), ([17.0], [0.4]), False),
        (([16.0], [0.3]), ([17.0], [0.4]), False),
        (([16.0], [-0.01]), ([17.0], [-0.04]), False),
        (([18.0, 20.0, 16.0], [0.4, 0.4, 0.4]), ([17.0, 17.0, 17.0], [0.4, 0.4, 0.4]), False),
        (([20.0, 20.1, 19.9], [0.4, 0.4, 0.4]), ([17.0, 17.0, 17.0], [0.4, 0.4, 0.4]), True),
    ],
)
def test_pca_is_enough_unless_a_difference_is_large_and_clear(ours, theirs, worth):
    verdict = judge(rows(ours[0], theirs[0], ours[1], theirs[1]), "pca-5", "ours")
    assert ("PCA is enough" in verdict["sentence"]) is not worth


def test_one_seed_says_that_it_is_one():
    assert "one seed" in judge(rows([20.0], [17.0], [0.5], [0.4]), "pca-5", "ours")["caution"]
