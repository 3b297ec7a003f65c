"""In which columns a neighbor differs from its query."""

import numpy as np
import pandas as pd

from latens.applications.search.differing_columns import DifferingColumns
from latens.data import TableEncoder


def test_the_columns_that_differ_most_are_named_with_both_cells():
    rng = np.random.default_rng(0)
    table = pd.DataFrame(
        {
            "orders": rng.poisson(4, 80),
            "plan": rng.choice(["basic", "plus"], 80),
            "age": rng.normal(40, 9, 80).round(),
            "day": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 80, 80), "D"),
        }
    )
    table.loc[::9, "age"] = np.nan
    encoder = TableEncoder().fit(table)
    query = table.iloc[[1]].assign(orders=2, plan="basic", age=30.0, day=pd.Timestamp("2024-02-01"))
    others = pd.concat(
        [query, query.assign(orders=12), query.assign(plan="plus"), query.assign(age=np.nan)]
    )
    rows = encoder.features(others)
    words = DifferingColumns(encoder).words(encoder.features(query)[0], rows)
    assert words[0] == "nothing"
    assert words[1].startswith("orders = ")
    assert words[2] == "plan = plus (not basic)"
    assert words[3].startswith("age = missing (not 30)")
