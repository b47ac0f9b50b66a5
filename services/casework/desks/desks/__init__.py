"""Desks: who is on duty, when claims lapse, and how a shift is handed over."""
