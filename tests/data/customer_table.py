"""A customer table as companies have them, made from a seed: ``python tests/data/customer_table.py OUT.csv``.

3,000 rows with ids, dates, categories of which one comes in a hundred rows, a truth, money, counts, and gaps
in a fifth of the rows. Two rows are wrong, by their ids, and a group of customers is worth finding.
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

__all__ = ["HUGE_ORDER", "N_CUSTOMERS", "ODD_CLUSTER", "ODD_PAIR", "customer_table"]

N_CUSTOMERS, SEED = 3_000, 20_260
# Nobody orders 400 times; and overseas there is only the basic plan, paid by card.
HUGE_ORDER, ODD_PAIR = "C-10417", "C-11888"
# Customers who send nearly everything back: of a few weeks, by invoice, with many orders.
ODD_CLUSTER = 120
_REGIONS = {"north": 0.31, "south": 0.27, "east": 0.23, "west": 0.18, "overseas": 0.01}
_PLANS = {"basic": 0.6, "plus": 0.3, "premium": 0.1}
_PRICES = {"basic": 24.0, "plus": 38.0, "premium": 71.0}
_GAPS = 0.2


def customer_table(n: int = N_CUSTOMERS, seed: int = SEED) -> pd.DataFrame:
    """Return the table; the two wrong rows and the group are where their ids and columns say."""
    rng = np.random.default_rng(seed)
    region = rng.choice(list(_REGIONS), n, p=list(_REGIONS.values()))
    plan = rng.choice(list(_PLANS), n, p=list(_PLANS.values()))
    payment = rng.choice(["card", "transfer", "invoice"], n, p=[0.62, 0.3, 0.08])
    plan[region == "overseas"], payment[region == "overseas"] = "basic", "card"
    orders = 1 + rng.binomial(10, np.where(plan == "premium", 0.45, 0.3))
    price = np.array([_PRICES[one] for one in plan]) * rng.lognormal(0, 0.12, n)
    joined = np.datetime64("2019-01-01") + rng.integers(0, 2_100, n)
    table = pd.DataFrame(
        {
            "customer_id": [f"C-{10_000 + row}" for row in range(n)],
            "joined": joined,
            "region": region,
            "plan": plan,
            "newsletter": rng.random(n) < 0.55,
            "payment": payment,
            "age": rng.normal(44, 13, n).clip(18, 90).round(),
            "orders": orders,
            "spent": orders * price,
            "returns": rng.binomial(orders, 0.06),
            "rating": rng.choice([1, 2, 3, 4, 5], n, p=[0.03, 0.07, 0.2, 0.4, 0.3]).astype(float),
            "note": [f"called {one} times, last by {who}" for one, who in _calls(n, rng)],
        }
    )
    _plant_cluster(table, rng)
    _plant_gaps(table, rng)
    row = table["customer_id"] == HUGE_ORDER
    table.loc[row, ["orders", "spent", "returns"]] = [400, 400 * 24.5, 3]
    # Each value is usual, and no other customer has them together.
    row = table["customer_id"] == ODD_PAIR
    table.loc[row, ["region", "plan", "payment"]] = ["overseas", "premium", "invoice"]
    table.loc[row, ["orders", "spent", "returns", "rating"]] = [5, 355.4, 0, 4.0]
    table["spent"] = table["spent"].round(2)
    return table.astype({"age": "Int64", "rating": "Int64"})


def _calls(n: int, rng: np.random.Generator) -> list[tuple[int, str]]:
    names = ["Ada", "Ben", "Chi", "Dov", "Eva", "Femi", "Gus", "Hal", "Ines", "Jo"]
    return [
        (int(one), names[at])
        for one, at in zip(rng.poisson(9, n), rng.integers(0, 10, n), strict=True)
    ]


def _plant_cluster(table: pd.DataFrame, rng: np.random.Generator) -> None:
    planted = rng.choice(
        np.flatnonzero(~table["region"].eq("overseas")), ODD_CLUSTER, replace=False
    )
    table.loc[planted, "orders"] = rng.integers(8, 12, ODD_CLUSTER)
    table.loc[planted, "spent"] = table.loc[planted, "orders"] * rng.normal(31, 2, ODD_CLUSTER)
    table.loc[planted, "returns"] = table.loc[planted, "orders"] - rng.integers(0, 3, ODD_CLUSTER)
    table.loc[planted, ["region", "plan", "payment"]] = ["east", "plus", "invoice"]
    table.loc[planted, "newsletter"] = False
    table.loc[planted, "rating"] = rng.choice([1.0, 2.0], ODD_CLUSTER)
    days = rng.integers(0, 40, ODD_CLUSTER)
    table.loc[planted, "joined"] = np.datetime64("2024-08-01") + days


def _plant_gaps(table: pd.DataFrame, rng: np.random.Generator) -> None:
    """Leave cells of a fifth of the rows empty, one or two of each."""
    rows = rng.choice(len(table), round(_GAPS * len(table)), replace=False)
    for row in rows:
        for name in rng.choice(["age", "rating", "region"], rng.integers(1, 3), replace=False):
            table.loc[row, name] = None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--rows", type=int, default=N_CUSTOMERS)
    parser.add_argument("--seed", type=int, default=SEED)
    asked = parser.parse_args()
    # Only money has decimals.
    customer_table(asked.rows, asked.seed).to_csv(asked.out, index=False, float_format="%.2f")


if __name__ == "__main__":
    main()
