"""What people begin by hand from a case: whom they can ask for what, and what of the person leaves with it."""
