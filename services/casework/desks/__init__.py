"""The desks of agencies: their work, and what happens when one closes."""
