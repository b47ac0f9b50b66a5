"""Finding a case again: by its number, its person's NIK, or a name as somebody spells it."""
