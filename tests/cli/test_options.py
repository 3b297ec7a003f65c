"""Parameters of the library that become flags."""

import typer
from typer.testing import CliRunner

from latens.cli.options import Json, Seed, given, in_flags


def test_parameters_that_a_command_has_become_its_flags_and_nothing_else_does():
    app, said = typer.Typer(), []

    @app.command()
    def find(context: typer.Context, place: str, seed: Seed = 0, json: Json = False) -> None:
        text = "`seed=5` and `json`, not `place`, `bottom=2`, `latens run` or seed"
        said.append(in_flags(text, context.command))
        said.append(given(context, "seed", out="json", where="place"))

    assert CliRunner().invoke(app, ["here"]).exit_code == 0
    assert said[0] == "--seed 5 and --json, not `place`, `bottom=2`, `latens run` or seed"
    assert said[1] == {"seed": 0, "out": False, "where": "here"}
