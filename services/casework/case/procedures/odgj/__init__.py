"""ODGJ found in public (ODGJ_TERLANTAR)."""
