"""Who has the turn at which desk, beneath everything that is told to somebody."""
