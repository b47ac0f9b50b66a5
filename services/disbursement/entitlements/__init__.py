"""Entitlements: who is due what, by which version of which rule."""
