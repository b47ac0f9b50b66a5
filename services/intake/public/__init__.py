"""The door for everybody: a report without signing in, what became of it by its code, and an objection to that."""
