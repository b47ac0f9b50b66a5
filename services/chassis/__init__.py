"""How every service runs: no business word lives here."""
