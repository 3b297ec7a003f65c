"""What a search found, in a sentence."""

from latens.applications.wording import counted

__all__ = ["duplicates_headline", "nearest_headline"]


def nearest_headline(n: int, asked: str, model: str, distance: str) -> str:
    """Say what the neighbors of a query are near by.

    Parameters
    ----------
    n : int
        Samples that were searched.
    asked, model, distance : str
        The query or how many there were, whose codes were compared, and how.
    """
    return (
        f"The samples nearest to {asked}, of {n:,}, by the codes of {model} ({distance}). Samples with "
        "similar codes may still differ in what matters to you: look at some."
    )


def duplicates_headline(
    n_found: int, n: int, n_groups: int, *, model: str, threshold: float, distance: str
) -> str:
    """Say how many samples are nearly the same, by codes.

    Parameters
    ----------
    n_found, n, n_groups : int
        Samples in groups, samples in all, and groups.
    model, distance : str
        Whose codes were compared, and how.
    threshold : float
        How far apart they may be.
    """
    apart = f"by the codes of {model}, at most {threshold:.4g} apart ({distance})"
    if n_groups == 0:
        return f"None of {counted(n, 'sample')} has a near-duplicate {apart}."
    return (
        f"{n_found:,} of {counted(n, 'sample')} are in {counted(n_groups, 'group')} of near-duplicates "
        f"{apart}. Look at them before removing any: codes leave out details."
    )
