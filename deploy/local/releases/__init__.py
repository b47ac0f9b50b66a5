"""One release of the product takes over from another, and gives back."""
