"""Disbursement: who is entitled to what, who approved it, what the bank paid, and a ledger that balances."""
