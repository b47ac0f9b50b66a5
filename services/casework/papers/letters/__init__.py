"""Officials' letters: numbered, printed, signed by hand, void and made anew."""
