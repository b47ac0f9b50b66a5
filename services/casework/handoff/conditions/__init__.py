"""Conditions of a conditional yes, tracked as promises with an owner and a clock."""
