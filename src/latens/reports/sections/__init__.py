"""One module per section of the report, each with one public function that makes it from a `RunData`."""
