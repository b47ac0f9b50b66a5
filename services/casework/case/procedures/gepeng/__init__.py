"""Beggars and vagrants (GEPENG)."""
