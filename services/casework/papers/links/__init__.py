"""Doors for agencies without software: a link, a code told apart from it, one answer."""
