"""What a comparison of classifiers with few labels comes to, in a sentence."""

from collections.abc import Sequence

from latens.applications.classify.comparison import Errors
from latens.applications.wording import Advantage, counted, percent
from latens.metrics.intervals import error_difference

__all__ = ["advantage_over", "best_floor", "comparison_headline", "prediction_headline"]


def best_floor(errors: Sequence[Errors]) -> Errors:
    """Return what errs least without an autoencoder, on the mean of the draws."""
    return min((one for one in errors if one.is_floor), key=lambda one: one.mean)


def advantage_over(floor: Errors, asked: Errors) -> Advantage:
    """Return how much less a classifier errs than a floor, on the same samples and draws."""
    return Advantage.of_shares(error_difference(floor.wrong, asked.wrong))


def comparison_headline(data: str, per_class: int, errors: Sequence[Errors]) -> str:
    """Return how the first method on codes compares with the best floor.

    Parameters
    ----------
    data : str
        The name of the data.
    per_class : int
        Labels of each class.
    errors : sequence of Errors
        As `compare_few_labels` gives them.
    """
    asked = next(one for one in errors if not one.is_floor)
    floor = best_floor(errors)
    n_floors = sum(one.is_floor for one in errors)
    draws, n = asked.wrong.shape
    labels, samples = counted(per_class, "label"), counted(n, "held-out sample")
    ours, theirs = _with_article(asked.name), _with_article(floor.name)
    head = f"With {labels} of each class of {data}, {ours} misclassifies {percent(asked.mean)} of {samples}"
    baseline = f"{theirs} ({percent(floor.mean)}), the best of {n_floors} baselines without codes"
    advantage = advantage_over(floor, asked)
    if draws > 1:
        end = advantage.end_of_sentence(baseline, "samples or draws")
        return f"{head} (mean of {draws} draws){end}"
    end = advantage.end_of_sentence(baseline)
    return f"{head}{end} This is one draw of labels; `draws=10` shows how much the draw matters."


def prediction_headline(data: str, given: int, predicted: int, mean_probability: float) -> str:
    """Return what came out for samples whose classes nobody knows."""
    if predicted == 0:
        return (
            f"All {counted(given, 'sample')} of {data} have a label already: nothing was predicted."
        )
    were = "was" if predicted == 1 else "were"
    return (
        f"{counted(predicted, 'sample')} of {data} {were} classified from {counted(given, 'label')}. "
        f"The mean probability is {mean_probability:.2f}, but probabilities are not calibrated: nothing "
        "here says how many are right."
    )


def _with_article(name: str) -> str:
    """A name as a sentence has it."""
    articles = {"linear probe": "a", "SVM": "an"}
    return next(
        (f"{word} {name}" for kind, word in articles.items() if name.startswith(kind)), name
    )
