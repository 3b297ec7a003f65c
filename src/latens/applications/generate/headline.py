"""What was made, in a sentence for each way to make new samples."""

from latens.applications.generate.augmentation import AddedAccuracy
from latens.applications.wording import counted

__all__ = ["augmented", "between", "drawn", "varied"]


def drawn(n: int, model: str, source: str, class_name: str | None = None) -> str:
    """Say where new samples come from."""
    of = "" if class_name is None else f" of class '{class_name}'"
    return f"{counted(n, 'new sample')}{of} by {model}, drawn from {source}."


def between(steps: int) -> str:
    """Say what lies on the way from one sample to another."""
    return (
        f"{steps} steps on a straight line between their codes. The first and the last are reconstructions "
        "of the two samples."
    )


def varied(n: int, amount: float) -> str:
    """Say how far variations of a sample go."""
    return (
        f"{counted(n, 'variation')}: codes drawn around its own, with {amount:g} times the standard "
        "deviation of the codes nearby."
    )


def augmented(n: int, source: str, added: AddedAccuracy | None) -> str:
    """Say what labeled samples come from, and what they add where that was measured."""
    made = f"{counted(n, 'labeled sample')}, drawn from {source}."
    if added is None:
        return (
            f"{made} No held-out sample has a label, so what they add to a classifier is not known."
        )
    return f"{made} {added.sentence}"
