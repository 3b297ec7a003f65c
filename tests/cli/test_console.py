"""Words from data never move the cursor of a terminal."""

import json

import pytest

from latens.cli.console import (
    print_facts,
    print_json,
    print_lines,
    print_path,
    print_table,
    say,
    say_error,
)

HOSTILE = "red\x1b[31m\x07\udc80[bold]blue\u202e\u2066\u2028\u200b\u061c"


@pytest.mark.parametrize(
    "tell",
    [
        say,
        say_error,
        lambda text: print_facts({"name": text}),
        lambda text: print_table("Of a test", ["name"], [[text]]),
        lambda text: print_table(text, ["name"], [["x"]]),
        lambda text: print_table("Of a test", [text], [["x"]]),
        print_lines,
    ],
    ids=["say", "say_error", "print_facts", "print_table", "title", "heading", "print_lines"],
)
def test_control_characters_do_not_reach_the_terminal(tell, capsys):
    tell(HOSTILE)
    said = "".join(capsys.readouterr())
    assert "red [31m" in said
    assert "[bold]blue" in said
    assert said.replace("\n", "").isprintable()


def test_json_for_programs_says_everything_and_moves_no_cursor(capsys):
    print_json({"name": HOSTILE, "שלום": 1})
    said = capsys.readouterr().out
    assert json.loads(said) == {"name": HOSTILE, "שלום": 1}
    assert "שלום" in said
    assert said.replace("\n", "").isprintable()


def test_a_path_for_programs_is_exact(capsys):
    print_path("runs/a\u202eb")
    assert capsys.readouterr().out == "runs/a\u202eb\n"
