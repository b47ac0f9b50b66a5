"""Every event of the house: one module per publishing service, one class per event version."""
