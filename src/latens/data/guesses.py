"""What was guessed while data were read: a sentence for each kind of guess, a reason for each column."""

from dataclasses import dataclass, field

from latens._text import shortened

__all__ = ["Guesses"]

_SHOWN = 5


@dataclass
class Guesses:
    """Guesses, collected while a table is read.

    Attributes
    ----------
    sentences : list of str
        What is said as it stands.
    columns : dict of str to str
        For each column that was looked at: how it was understood.
    left : dict of str to str
        Why a column that would be numbers is none.

    Examples
    --------
    >>> guesses = Guesses()
    >>> guesses.say("numbers with decimal commas", "price", "7,39 is 7.39")
    >>> guesses.notes()
    ["Read as numbers with decimal commas: 'price' (7,39 is 7.39)."]
    """

    sentences: list[str] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)
    left: dict[str, str] = field(default_factory=dict)
    _kinds: dict[str, dict[str, str]] = field(default_factory=dict)

    def say(self, kind: str, column: str, example: str) -> None:
        """Note that a column was read as a kind, with an example."""
        self._kinds.setdefault(kind, {})[column] = example
        self.columns[column] = f"{kind}: {example}"

    def words(self, column: str, word: str) -> None:
        """Note that a word that often means a missing cell was read as a name."""
        self.say(
            "names, not as missing cells",
            column,
            f"'{word}'; leave the cell empty where none is meant",
        )

    def left_out(self, column: str, why: str) -> None:
        """Note why a column is not read as numbers."""
        self.left[column] = why

    def notes(self) -> list[str]:
        """One sentence for each kind, with at most five columns, then a count."""
        notes = list(self.sentences)
        for kind, columns in self._kinds.items():
            shown = [
                f"'{shortened(name)}' ({shortened(example, 120)})"
                for name, example in list(columns.items())[:_SHOWN]
            ]
            more = f" and {len(columns) - _SHOWN:,} more" if len(columns) > _SHOWN else ""
            notes.append(f"Read as {kind}: {', '.join(shown)}{more}.")
        return notes
