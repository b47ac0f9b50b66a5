"""Rails: how a payment order reaches whoever pays, once."""
