"""Casework: opens the case and hands it between agencies, with a deadline on every promise."""
