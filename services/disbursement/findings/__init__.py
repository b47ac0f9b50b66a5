"""Findings: what people have to see to, each with an owner, a deadline and the decisions that close it."""
