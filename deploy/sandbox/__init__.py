"""Other people's systems, simulated: agencies, Dukcapil, BPJS, the bank, the message gateway.

They use our public API and contracts only, and can be made slow, wrong, absent or repetitive by their own knobs.
"""
