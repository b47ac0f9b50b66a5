"""Tasks: what somebody at a desk must do by an instant."""
