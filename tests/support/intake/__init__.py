"""What intake's tests share."""
