"""Neglected elderly people (LANSIA_TERLANTAR): a small type of case, added by its folder alone."""
