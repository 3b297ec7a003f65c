"""Words from data never move the cursor of a terminal."""

import pytest

from latens.cli.console import print_facts, print_table, say, say_error

HOSTILE = "red\x1b[31m\x07\udc80[bold]blue"


@pytest.mark.parametrize(
    "tell",
    [
        say,
        say_error,
        lambda text: print_facts({"name": text}),
        lambda text: print_table("Of a test", ["name"], [[text]]),
        lambda text: print_table(text, ["name"], [["x"]]),
    ],
    ids=["say", "say_error", "print_facts", "print_table", "title"],
)
def test_control_characters_do_not_reach_the_terminal(tell, capsys):
    tell(HOSTILE)
    said = "".join(capsys.readouterr())
    assert "red [31m" in said
    assert "[bold]blue" in said
    assert said.replace("\n", "").isprintable()
