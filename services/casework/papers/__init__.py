"""Papers: documents, letters, and links for agencies without software."""
