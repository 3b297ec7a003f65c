"""Layers and pairs of layers that networks are made of."""
