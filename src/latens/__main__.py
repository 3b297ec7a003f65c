"""`python -m latens` is `latens`."""

from latens.cli import main

if __name__ == "__main__":
    main()
