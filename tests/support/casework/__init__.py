"""What casework's tests share: who speaks, what they say, and the cases it is said about."""
