"""Holds: what cases and persons say of aid reaches it wherever it has come to, or becomes a finding."""
