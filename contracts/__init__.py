"""What services and agencies say to each other: models and data, without behaviour."""
