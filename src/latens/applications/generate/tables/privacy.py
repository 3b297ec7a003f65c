"""How near synthetic rows come to the rows that they were learned from."""

from dataclasses import dataclass

from latens.metrics import (
    ClosestRecords,
    MembershipAttack,
    MixedTable,
    closest_records,
    membership_attack,
)

__all__ = ["CAUTION", "Privacy", "privacy_of"]

CAUTION = (
    "A passed test of distances proves no privacy: rows that pass it can still give away who was learned "
    "from (The DCR Delusion, arXiv:2505.01524), and what this attack does not find another one may."
)


@dataclass(frozen=True)
class Privacy:
    """Nearness to training rows, and what an attack makes of it."""

    nearness: ClosestRecords
    attack: MembershipAttack


def privacy_of(train: MixedTable, held_out: MixedTable, rows: MixedTable, seed: int) -> Privacy:
    """Compare how near rows are to training rows and to held-out ones, and attack them."""
    return Privacy(
        closest_records(train, held_out, rows, random_state=seed),
        membership_attack(train, held_out, rows, random_state=seed),
    )
