"""Cases: a person in need, from the verified report to the end of aftercare."""
