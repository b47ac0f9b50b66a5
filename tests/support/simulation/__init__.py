"""Years of hand-offs in seconds: the real commands and rules on rows in memory, seeded, with an invariant checker."""
