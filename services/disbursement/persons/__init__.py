"""Who is one real person: by the same NIK, by a person's word, by a case that was a double; and who of them died."""
