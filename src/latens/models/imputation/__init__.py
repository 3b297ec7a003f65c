"""Missing cells of tables, told by those that are there: Gaussians, and what networks correct of them."""
