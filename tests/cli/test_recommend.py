"""`latens recommend` as a user meets it: events to a run, a run to answers, and bad input."""

import json
import sys

import numpy as np
import pandas as pd
import pytest

from latens.cli import main


def write_events(path, n_users=60):
    rng = np.random.default_rng(0)
    rows = [
        (f"u{user}", 10 * (user % 2) + item, 5)
        for user in range(n_users)
        for item in rng.choice(10, 7, replace=False)
    ]
    pd.DataFrame(rows, columns=["user", "movie", "rating"]).to_csv(path, index=False)
    names = pd.DataFrame({"movie": range(20), "title": [f"Film, {n} of 20" for n in range(20)]})
    names.to_csv(path.with_name("names.csv"), index=False)
    return path


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A run with all models, made once."""
    folder = tmp_path_factory.mktemp("recommend")
    events = write_events(folder / "events.csv")
    arguments = [
        events,
        "--item-names",
        folder / "names.csv",
        "--epochs",
        2,
        "--out",
        folder / "run",
    ]
    before = sys.argv
    sys.argv = ["latens", "recommend", *map(str, arguments), "--device", "cpu"]
    try:
        with pytest.raises(SystemExit) as caught:
            main()
    finally:
        sys.argv = before
    assert not caught.value.code
    return folder / "run"


def test_a_run_holds_results_recommendations_a_recommender_and_a_report(trained):
    results = json.loads((trained / "results.json").read_text())
    models = [row["model"] for row in results["summary"]]
    assert models == ["Popularity", "EASE", "EDLAE", "MultDAE", "MultVAE", "RecVAE", "InfiniteAE"]
    by_validation = {row["model"]: row["validation_ndcg@100"] for row in results["summary"]}
    assert by_validation[results["chosen"]] == max(by_validation.values())
    frame = pd.read_csv(trained / "recommendations.csv")
    assert list(frame.columns) == ["user", "rank", "item", "name", "score"]
    # Three items of one's own taste are left; a list of ten goes on with the other one's.
    assert (frame.groupby("user").size() == 10).all()
    assert len(frame) == 600
    page = (trained / "report.html").read_text()
    assert "What might each user like?" in page
    assert "60 with 5 likes or more" in page
    assert "no clusters" not in page  # it is no study of codes
    assert results["verdict"]["sentence"].split(",")[0] in page
    assert json.loads((trained / "run.json").read_text())["status"] == "complete"


def test_a_run_answers_for_users_for_items_and_for_likeness(latens_cli, trained):
    code, out, _ = latens_cli("recommend", trained, "--user", "u2", "--top", 3, "--json")
    assert code == 0
    items = [int(one["item"]) for one in json.loads(out)["items"]]
    assert len(items) == 3
    assert all(item < 10 for item in items)
    code, out, _ = latens_cli(
        "recommend", trained, "--items", '11, "Film, 12 of 20"', "--top", 2, "--json"
    )
    answered = json.loads(out)["items"]
    assert code == 0
    assert len(answered) == 2
    assert {one["name"] for one in answered} <= {f"Film, {n} of 20" for n in range(20)}
    code, out, _ = latens_cli("recommend", trained, "--similar", "3", "--top", 4)
    assert code == 0
    assert "Items that go with 3" in out
    code, out, _ = latens_cli("recommend", trained, "--user", "u2", "--explain", "5")
    assert code == 0
    assert "What led user u2 to 5" in out
    asked = ("recommend", trained, "--user", "u2", "--explain", "5", "--top", 1, "--json")
    assert len(json.loads(latens_cli(*asked)[1])["items"]) == 1


def test_the_report_can_be_made_anew(latens_cli, trained):
    assert latens_cli("report", trained)[0] == 0


def test_one_model_as_json_and_parquet(latens_cli, tmp_path):
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    events = write_events(tmp_path / "events.csv")
    code, out, err = latens_cli(
        "recommend", events, "--model", "edlae", "--format", "parquet", "--seeds", 2, "--json"
    )
    assert code == 0, err
    printed = json.loads(out)
    rows = printed["results"]["summary"]
    assert [row["model"] for row in rows] == ["Popularity", "EDLAE"]
    assert all(row["splits"] == 2 and row["ndcg@100 sd"] is not None for row in rows)
    assert printed["run"] == "runs/events-1"
    assert len(pd.read_parquet("runs/events-1/recommendations.parquet")) == 600


def test_recommendations_in_parquet_are_written_a_block_of_users_at_a_time(
    latens_cli, tmp_path, monkeypatch
):
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    monkeypatch.setattr("latens.applications.recommend.recommender._BLOCK", 20)
    events = write_events(tmp_path / "events.csv")
    arguments = ("--model", "ease", "--format", "parquet", "--out", "run")
    assert latens_cli("recommend", events, *arguments)[0] == 0
    written = parquet.ParquetFile("run/recommendations.parquet")
    assert written.num_row_groups == 3
    assert written.read().to_pandas()["user"].nunique() == 60


def test_a_run_is_not_overwritten_unasked(latens_cli, tmp_path):
    events = write_events(tmp_path / "events.csv")
    arguments = ("recommend", events, "--model", "ease", "--out", "run")
    assert latens_cli(*arguments)[0] == 0
    code, _, err = latens_cli(*arguments)
    assert code == 1
    assert "exists already" in err
    assert latens_cli(*arguments, "--overwrite")[0] == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("user,item\n", "holds no events"),
        ("who,what\na,b\n", "no column whose name says that it holds users"),
        ("user,item,rating\na,1,good\na,2,5\n", "no number in column 'rating'"),
        ("user,item,rating\na,1,\na,2,5\n", "no number in column 'rating'"),
        ("user,item\n,1\na,2\n", "no value in column 'user'"),
        ("user,item\n" + "a,1\n" * 30, "Only 0 users have 5 liked items or more"),
        ("user,item\n" + "".join(f"a,{n}\n" for n in range(30)), "Only 1 users have 5"),
        ("user,item\n" + "".join(f"{n},a\n" for n in range(30)), "Only 0 users have 5"),
    ],
)
def test_bad_events_end_in_one_line_and_leave_no_half_written_run(
    latens_cli, tmp_path, text, words
):
    (tmp_path / "events.csv").write_text(text)
    code, out, err = latens_cli("recommend", "events.csv", "--out", "run")
    assert code == 1
    assert out == ""
    assert words in err.splitlines()[-1]
    assert "Traceback" not in err
    assert not (tmp_path / "run" / "results.json").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["events.csv", "--model", "magic"], "There is no model 'magic'"),
        (["events.csv", "--user", "u1"], "is no run"),
        (["events.csv", "--top", "0"], "--top"),
        (["events.csv", "--device", "abacus"], "device must be"),
    ],
)
def test_wrong_usage_ends_with_two(latens_cli, tmp_path, arguments, words):
    write_events(tmp_path / "events.csv")
    code, _, err = latens_cli("recommend", *arguments)
    assert code == 2
    assert words in err


def test_a_run_that_is_asked_nothing_or_of_nobody_says_so(latens_cli, trained):
    assert latens_cli("recommend", trained)[0] == 2
    assert latens_cli("recommend", trained, "--user", "u1", "--items", "1")[0] == 2
    code, _, err = latens_cli("recommend", trained, "--user", "nobody")
    assert code == 1
    assert "There is no user 'nobody'" in err
    code, _, err = latens_cli("recommend", trained, "--items", "Casablanca")
    assert code == 1
    assert "No item has the id or name 'Casablanca'" in err


def test_a_run_has_no_use_for_flags_of_learning(latens_cli, trained):
    code, _, err = latens_cli(
        "recommend", trained, "--user", "u1", "--top", "2", "--epochs", "3", "--min-items", "2"
    )
    assert code == 2
    assert "--epochs, --min-items: " in err
    assert latens_cli("recommend", trained, "--user", "u1", "--top", "2")[0] == 0


def test_other_commands_say_that_a_recommender_has_no_codes(latens_cli, trained):
    for command in ("embed", "generate", "classify"):
        code, _, err = latens_cli(command, trained)
        assert code == 1
        assert "one of `latens recommend`" in " ".join(err.split())


def test_too_few_users_leave_no_folder_behind(latens_cli, tmp_path):
    write_events(tmp_path / "events.csv", n_users=5)
    assert latens_cli("recommend", "events.csv", "--out", "run")[0] == 1
    assert not (tmp_path / "run").exists()


def test_items_may_stand_on_lines_of_their_own(latens_cli, trained):
    code, out, _ = latens_cli("recommend", trained, "--items", "11\n12", "--json")
    assert code == 0
    assert json.loads(out)["question"] == "For one who likes 11, 12"


@pytest.mark.parametrize("more", [("--user", "u1"), ("--items", "1"), ("--explain", "1")])
def test_likeness_is_asked_of_an_item_alone(latens_cli, trained, more):
    code, _, err = latens_cli("recommend", trained, "--similar", "3", *more)
    assert code == 2
    assert "--similar" in err


def test_popularity_knows_no_similar_items(latens_cli, tmp_path):
    events = write_events(tmp_path / "events.csv")
    assert latens_cli("recommend", events, "--model", "popularity", "--out", "run")[0] == 0
    code, _, err = latens_cli("recommend", "run", "--similar", "3")
    assert code == 1
    assert "says nothing about any other item" in err
