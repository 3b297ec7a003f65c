"""Filling the gaps of a table, and how well, beside what others fill them with."""
