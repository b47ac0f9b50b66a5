"""Programmes of aid: their rules, amounts and approval limits, and the district pack they come from."""
