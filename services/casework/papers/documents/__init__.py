"""Scans and letters, sealed at rest."""
