"""Matters: what the office works on, by kind and id, and which agencies have a part in it."""
