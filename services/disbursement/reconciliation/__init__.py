"""Reconciliation: the bank's statement against our payments, and what does not match, with an owner and a clock."""
