"""Persons: who somebody is, as far as it is known; sealed."""
