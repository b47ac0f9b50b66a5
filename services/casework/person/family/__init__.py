"""Family: a mother and her child, who are never parted by a form."""
