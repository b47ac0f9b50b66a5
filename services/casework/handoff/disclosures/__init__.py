"""What of a person leaves with a hand-off, on what legal ground, and who read it."""
