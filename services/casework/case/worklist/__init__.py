"""Daftar kerja: what waits for me, for my agency and for others, counted whole and shown in pages."""
