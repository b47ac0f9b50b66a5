"""The directory: agencies, their desks and hours, and the district pack they come from."""
