"""Procedures: what happens to a case of each type, in what order."""
