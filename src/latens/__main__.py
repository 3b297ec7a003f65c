"""`python -m latens` is `latens`."""

from latens.cli import program

if __name__ == "__main__":
    program()
