"""Who it is about: what is known of a matter's person, from whom, for whoever works on it."""
