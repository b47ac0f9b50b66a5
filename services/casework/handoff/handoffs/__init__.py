"""Hand-offs: promises between agencies, with their clocks and ladders."""
