"""What each cluster is like: the columns that set it apart, its typical and its far samples, a name."""
