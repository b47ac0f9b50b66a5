"""Closures: what becomes of the open hand-offs of an agency that closes, in bulk and one by one."""
