"""Deadlines: whose promise runs, until when, and what escalates when it is not kept."""
