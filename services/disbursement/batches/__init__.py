"""Batches: lists of payments, frozen, approved by two different people, and what became of each payment."""
