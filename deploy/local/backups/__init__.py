"""A copy of everything at one point, and a system made from it."""
