"""Notifications: tells each fact once to whom it concerns, in Indonesian, without a word about the person."""
