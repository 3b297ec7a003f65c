"""Removing noise: with clean samples to learn from, or from noisy ones alone."""
