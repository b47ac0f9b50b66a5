"""Oversight: what nobody looks after, and what an auditor asks about; read from the rows of every subject below."""
