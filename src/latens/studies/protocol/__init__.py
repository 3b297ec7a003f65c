"""What an earlier study measured, measured again: one file for each kind of measurement."""
