"""Whether somebody who is taken for a child is an adult: two people's decision in place of a registry."""
