"""A table of mixed columns as features, and back: `TableEncoder`."""

from latens.data.table_encoding.encoder import TableEncoder

__all__ = ["TableEncoder"]
