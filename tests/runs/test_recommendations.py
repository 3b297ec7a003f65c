"""results.json of `latens recommend` as a record."""

import json
from pathlib import Path

import pytest

from latens.exceptions import RunError
from latens.runs import RecommendationResults, RecommenderSummary, Run

OF_0_1 = Path(__file__).parents[1] / "fixtures" / "v0_1" / "runs" / "events"


def test_results_of_version_0_1_are_read_and_written_as_they_were():
    known = json.loads((OF_0_1 / "results.json").read_text())
    results = Run.open(OF_0_1).recommendation_results
    assert results.summary[1].means["ndcg@100"] == known["summary"][1]["ndcg@100"]
    written = results.model_dump()
    assert {name: written[name] for name in known if name != "verdict"} == {
        name: known[name] for name in known if name != "verdict"
    }
    assert results.verdict.sentence == known["verdict"]["sentence"]


def test_a_summary_comes_back_from_a_file_as_it_was():
    made = RecommenderSummary(
        model="EASE",
        splits=2,
        validation_ndcg=0.5,
        means={"ndcg@100": 0.25, "recall@20": None},
        spreads={"ndcg@100": 0.125, "recall@20": None},
        users=7.0,
        seconds=1.5,
        chosen=[{"regularization": 200.0}, {"regularization": 50}],
    )
    text = json.dumps(made.model_dump())
    assert '"ndcg@100": 0.25, "ndcg@100 sd": 0.125' in text
    assert RecommenderSummary.model_validate(json.loads(text)) == made


def test_a_model_that_was_left_out_has_no_figures():
    made = RecommenderSummary(model="InfiniteAE", splits=0, left_out="too large")
    content = {"model": "InfiniteAE", "splits": 0, "left_out": "too large"}
    assert made.model_dump() == content
    assert RecommenderSummary.model_validate(content) == made


def test_the_table_has_the_models_that_were_fitted_with_their_spreads():
    results = RecommendationResults.model_validate(
        {
            "verdict": {},
            "chosen": "EASE",
            "recommendations": "r.csv",
            "summary": [
                {
                    "model": "EASE",
                    "splits": 2,
                    "ndcg@100": 0.25,
                    "ndcg@100 sd": 0.125,
                    "seconds": 1,
                },
                {"model": "MultVAE", "splits": 1, "ndcg@100": None, "ndcg@100 sd": None},
                {"model": "InfiniteAE", "splits": 0, "left_out": "too large"},
            ],
            "splits": [],
        }
    )
    assert results.table().columns == ("model", "ndcg@100", "seconds")
    assert results.table().rows == (
        ("EASE", "0.2500 ± 0.1250", "1.0"),
        ("MultVAE", "–", "0.0"),
    )


def test_what_is_no_figure_is_named(tmp_path):
    for name in ("run.json", "results.json"):
        (tmp_path / name).write_text((OF_0_1 / name).read_text())
    known = json.loads((OF_0_1 / "results.json").read_text())
    known["summary"][0]["ndcg@100"] = "much"
    (tmp_path / "results.json").write_text(json.dumps(known))
    with pytest.raises(RunError, match=r"results\.json.*'summary\.0\.means\.ndcg@100"):
        _ = Run.open(tmp_path).recommendation_results
