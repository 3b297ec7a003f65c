"""Anomalies: how far a sample lies from those that were learned from, and in which of its values."""
