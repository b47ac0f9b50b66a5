"""Messages: one per fact, recipient and text, from the fact to the report of its delivery."""
