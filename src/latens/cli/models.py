"""`latens models`: the kinds of autoencoder."""

from latens.cli.console import print_json, print_table
from latens.cli.options import Json

__all__ = ["models"]


def models(
    json: Json = False,
) -> None:
    """List the kinds of autoencoder, with what each is for and its own parameters."""
    from latens import models as kinds

    rows = []
    for name in kinds.__all__:
        kind = getattr(kinds, name)
        common = {"network", "trainer", "random_state"}
        own = {
            key: value for key, value in kind().get_params(deep=False).items() if key not in common
        }
        purpose = kind.__doc__.strip().splitlines()[0]
        rows.append({"kind": name, "purpose": purpose, "parameters": own})
    if json:
        print_json(rows)
        return
    table = [
        [row["kind"], row["purpose"], ", ".join(f"{k}={v!r}" for k, v in row["parameters"].items())]
        for row in rows
    ]
    print_table("", ["kind", "what it is for", "its parameters"], table)
