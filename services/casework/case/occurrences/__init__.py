"""What happens to a person, and what becomes of everything that is open then."""
