"""The desks of agencies: their work, its oversight, and what happens when one closes."""
