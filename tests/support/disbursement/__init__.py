"""What surrounds a disbursement under test: a bank, and an office with its people."""
