"""The promise between two agencies: hand-offs, their deadlines, conditions and disclosures."""
