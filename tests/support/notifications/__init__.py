"""What surrounds a notifications under test: a gateway, and a case that tells its facts."""
