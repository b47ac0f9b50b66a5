"""Findings: what was recorded and does not match, with an owner who must explain it."""
