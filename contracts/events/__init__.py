"""Every event of the house: one module or package per publishing service, one class per event version."""
