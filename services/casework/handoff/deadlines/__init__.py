"""Clocks: whose promise runs, until when, and what rings when it is not kept."""
