"""Templates: what is said on which occasion to whom, and the district pack it comes from."""
