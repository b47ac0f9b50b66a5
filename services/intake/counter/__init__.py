"""The counter: what people report by word of mouth, at the desk or on the telephone, typed in by somebody signed in."""
