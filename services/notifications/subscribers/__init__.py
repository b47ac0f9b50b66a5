"""Subscribers: which office is told, under which number."""
