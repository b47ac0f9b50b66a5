"""What people begin by hand from a case: whom they can ask for what, what leaves with it, and tasks for a desk."""
