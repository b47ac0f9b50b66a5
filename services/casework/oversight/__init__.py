"""What looks at all the work and does none: nothing in it is changed from here."""
