"""Notes: what workers write down of visits, calls and whatever else, in words that only they read."""
