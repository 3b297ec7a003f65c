"""Names for clusters: of the columns that differ most, or of the label that most samples have."""

from collections import Counter
from collections.abc import Sequence

from latens.runs import ClusterProfile, ColumnDifference

__all__ = ["named"]

# A label names a cluster of which it is the label of most samples.
_MOSTLY = 0.5
_FEWEST_WORDS, _MOST_WORDS = 2, 4


def named(profiles: Sequence[ClusterProfile]) -> list[ClusterProfile]:
    """Return the profiles with a name for each, no two the same.

    A name that is there stays where neither labels nor columns give one. Labels name clusters where there
    are any, and the profile says so; they have scored nothing.
    """
    made = [_named(one, _FEWEST_WORDS) for one in profiles]
    for n_words in range(_FEWEST_WORDS + 1, _MOST_WORDS + 1):
        counts = Counter(one.name for one in made)
        made = [
            _named(one, n_words) if counts[one.name] > 1 and one.name_from == "columns" else one
            for one in made
        ]
    seen: Counter[str] = Counter()
    unique = []
    for one in made:
        seen[one.name] += 1
        is_second = seen[one.name] > 1
        name = f"{one.name} ({seen[one.name]})" if is_second else one.name
        unique.append(one.model_copy(update={"name": name}))
    return unique


def _named(profile: ClusterProfile, n_words: int) -> ClusterProfile:
    if profile.label is not None and (profile.label_share or 0) > _MOSTLY:
        return profile.model_copy(update={"name": profile.label, "name_from": "labels"})
    words = [one.short for one in _telling(profile.differences)][:n_words]
    if words:
        name = ", ".join(dict.fromkeys(words))
        return profile.model_copy(update={"name": name, "name_from": "columns"})
    return profile.model_copy(update={"name": profile.name or f"cluster {profile.cluster}"})


def _telling(differences: Sequence[ColumnDifference]) -> list[ColumnDifference]:
    """Those that make a name: what a cluster has before what it lacks, and no labels."""
    usable = [one for one in differences if not one.is_label]
    lacks = [one for one in usable if one.is_share and one.effect < 0]
    return [one for one in usable if one not in lacks] + lacks
