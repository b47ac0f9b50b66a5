"""Checks against outside registries: Dukcapil (identity) and BPJS (health insurance)."""
