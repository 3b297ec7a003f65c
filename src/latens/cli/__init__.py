"""The command line: one file per subcommand; each parses, calls the library and prints."""

from latens.cli.app import main, program

__all__ = ["main", "program"]
