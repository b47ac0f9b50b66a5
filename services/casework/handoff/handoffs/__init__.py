"""Hand-offs: promises between agencies, with their deadlines and escalation policies."""
