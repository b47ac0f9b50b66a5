"""Who has a person in hand, and from which operation the person came."""
