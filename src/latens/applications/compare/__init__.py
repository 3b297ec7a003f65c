"""Runs beside each other: settings, scores, and samples whose neighbors changed."""
