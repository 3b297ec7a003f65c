"""`latens models`: the kinds of autoencoder."""

from latens.cli.console import print_json, print_table
from latens.cli.options import Json

__all__ = ["models"]


def models(
    json: Json = False,
) -> None:
    """List the kinds of autoencoder, with what each is for and its own parameters."""
    from latens.models.kinds import describe_kinds

    kinds = describe_kinds()
    if json:
        print_json(kinds)
        return
    rows = [
        [one["kind"], one["purpose"], ", ".join(f"{k}={v!r}" for k, v in one["parameters"].items())]
        for one in kinds
    ]
    print_table("", ["kind", "what it is for", "its parameters"], rows)
