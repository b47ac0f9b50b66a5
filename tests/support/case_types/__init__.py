"""Types of case that only tests know."""
