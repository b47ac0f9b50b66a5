"""Reports of people in need, and the operations that bring many at once."""
