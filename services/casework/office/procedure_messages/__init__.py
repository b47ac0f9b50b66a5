"""The steps of a procedure: how a case's workflow and the subjects that carry its steps out speak to each other."""
