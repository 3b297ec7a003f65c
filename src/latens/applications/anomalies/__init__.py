"""Anomalies: how far a sample lies from those that were learnt from, and in which of its values."""
