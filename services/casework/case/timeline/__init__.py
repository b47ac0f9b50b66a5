"""The timeline of a case: what every service and agency did, in one list."""
