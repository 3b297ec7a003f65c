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
        f"The nearest to {asked} among {counted(n, 'sample')}, by the codes of {model} ({distance}). Near "
        "codes need not mean that samples look alike to you: compare some."
    )


def duplicates_headline(n_found: int, n: int, n_groups: int, model: str, note: str) -> str:
    """Say how many samples are nearly the same, by codes.

    Parameters
    ----------
    n_found, n, n_groups : int
        Samples in groups, samples in all, and groups.
    model : str
        Whose codes were compared.
    note : str
        How far apart they may be, as a sentence.
    """
    if n_groups == 0:
        return (
            f"None of {counted(n, 'sample')} has a near-duplicate by the codes of {model}. {note}"
        )
    return (
        f"{n_found:,} of {counted(n, 'sample')} are in {counted(n_groups, 'group')} of near-duplicates by "
        f"the codes of {model}. {note} Look at them before any is removed: codes leave details out."
    )
