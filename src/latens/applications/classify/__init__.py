"""Classes from a few labels and many samples without one: `FewLabelClassifier` and its methods."""
