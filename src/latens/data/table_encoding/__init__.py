"""A table of mixed columns as features, and back: `TableEncoder` in `encoder`, which imports scikit-learn."""
