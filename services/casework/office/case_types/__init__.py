"""What a type of case is, and which types there are."""
