"""Custody: who has the person in hand now."""
