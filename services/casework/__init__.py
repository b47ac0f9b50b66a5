"""Casework: opens the case and hands it between agencies, with a clock on every promise."""
