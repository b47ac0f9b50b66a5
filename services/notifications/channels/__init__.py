"""Channels: how a text reaches a telephone, once."""
