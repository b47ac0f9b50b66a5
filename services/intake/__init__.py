"""Intake: takes the report, knows the person, asks the registries."""
