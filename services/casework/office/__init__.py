"""What every wing stands on: the directory, rosters, findings, and the messages of procedures."""
