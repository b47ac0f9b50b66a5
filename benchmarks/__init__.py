"""Speed as ratios: both sides in one run, alternating pairs, median with an interval, correctness checked first."""
