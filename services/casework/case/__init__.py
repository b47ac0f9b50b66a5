"""A case from its opening to its closing, and its timeline."""
