"""Whose case it is: one worker sees to each, hands it on by name, and nothing of somebody who leaves is left behind."""
