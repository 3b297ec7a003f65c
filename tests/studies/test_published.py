"""The tables that stand beside published figures, from measures that are made up."""

import pytest

from latens.runs import Measure, ResultRow, Results
from latens.studies import check_study
from latens.studies.protocol.published import compare_with_published


def study(*published):
    content = {
        "data": {"source": "digits"},
        "models": [{"name": name, "latent_dim": 2} for name in ("theirs", "ours")],
        "published": [{"what": "a figure", **one} for one in published],
    }
    return check_study(content, "a test")


def measure(name, representation, *values):
    return [
        Measure(name=name, representation=representation, seed=seed, value=value)
        for seed, value in enumerate(values)
    ]


def results(*measures, rows=()):
    return Results(measures=[one for some in measures for one in some], rows=list(rows))


FIGURE = {"measure": "partition.dunn_index", "representation": "theirs", "candidate": "ours"}


@pytest.mark.parametrize(
    ("better", "goal", "values", "reached"),
    [
        ("higher", 0.5, (0.4, 0.6), "yes"),
        ("higher", 0.51, (0.4, 0.6), "no"),
        ("lower", 0.5, (0.4, 0.6), "yes"),
        ("lower", 0.49, (0.4, 0.6), "no"),
        ("lower", 0.6, (0.4,), "yes"),
        ("higher", 0.3, (0.4,), "yes"),
    ],
)
def test_a_goal_is_reached_by_the_mean_on_its_better_side(better, goal, values, reached):
    asked = study({**FIGURE, "value": 0.25, "goal": goal, "better": better})
    use = compare_with_published(asked, results(measure(FIGURE["measure"], "ours", *values)))
    (row,) = use.tables[0].rows
    assert row[-1] == reached
    assert row[3] == ("≥" if better == "higher" else "≤") + f" {goal:g}"
    assert use.sentence.startswith(f"Our settings reach {int(reached == 'yes')} of 1 goals")


def test_spreads_are_by_n_minus_one_and_have_one_digit_more_than_what_they_stand_beside():
    asked = study({**FIGURE, "value": 0.25})
    measures = results(
        measure(FIGURE["measure"], "theirs", 0.2, 0.3, 0.7),
        measure(FIGURE["measure"], "ours", 1.5),
    )
    (row,) = compare_with_published(asked, measures).tables[0].rows
    # Squares of -.2, -.1 and .3 are .14; by two, .07; its root is .265.
    assert row[1:] == ("0.25", "0.400 ± 0.265", "–", "1.500", "–")


def test_what_was_not_measured_is_a_dash_and_reaches_nothing():
    asked = study({**FIGURE, "goal": 0.5})
    use = compare_with_published(asked, results(measure("partition.other", "ours", 0.5)))
    (row,) = use.tables[0].rows
    assert row[1:] == ("–", "–", "≥ 0.5", "–", "–")
    assert use.sentence == "What an earlier study measured, measured again."


def test_numbers_that_are_whole_and_always_the_same_have_no_digits():
    asked = study()
    measures = results(
        measure("variance.components_75", "pca", 12.0, 12.0),
        measure("partition.k", "ours", 3.0, 5.0),
    )
    (table,) = compare_with_published(asked, measures).tables
    assert table.columns == ("measure", "pca", "ours")
    assert table.rows == (
        ("variance: components 75", "12", "–"),
        ("partition: k", "–", "4.0000 ± 1.4142"),
    )
    assert "over up to 2 seeds" in table.note


def test_one_seed_is_called_one_seed():
    (table,) = compare_with_published(study(), results(measure("a.b", "ours", 0.5))).tables
    assert table.note == "A single run with one seed."
    assert table.rows == (("a: b", "0.5000"),)


def test_a_sweep_is_a_row_for_every_k_in_the_order_of_k():
    measures = results(
        measure("sweep.silhouette_10", "ours", 0.5, 0.7),
        measure("sweep.silhouette_2", "ours", 0.25, 0.25),
        measure("sweep.best_k", "ours", 10.0, 2.0),
    )
    sweep, everything = compare_with_published(study(), measures).tables
    assert sweep.columns == ("", "ours")
    assert sweep.rows == (
        ("k = 2", "0.2500 ± 0.0000"),
        ("k = 10", "0.6000 ± 0.1414"),
        ("best k, seed by seed", "10, 2"),
    )
    assert [row[0] for row in everything.rows] == ["sweep: best k"]


def test_the_columns_of_a_sweep_are_the_representations_that_were_swept():
    measures = results(
        measure("partition.dunn_index", "theirs", 0.125), measure("sweep.silhouette_2", "ours", 0.5)
    )
    sweep, everything = compare_with_published(study(), measures).tables
    assert sweep.columns == ("", "ours")
    assert everything.columns == ("measure", "theirs")


def test_of_the_comparison_only_the_held_out_part_counts():
    rows = [
        ResultRow(
            representation="ours",
            label="ours",
            kind="Autoencoder",
            numbers=2,
            seed=0,
            part=part,
            metrics={"psnr": value, "ssim": None},
        )
        for part, value in (("train", 30.0), ("held-out", 20.5))
    ]
    asked = study({"measure": "held-out.psnr", "candidate": "ours", "goal": 20})
    use = compare_with_published(asked, results(rows=rows))
    assert use.tables[0].rows[0][4] == "20.5"
    assert len(use.tables) == 1
