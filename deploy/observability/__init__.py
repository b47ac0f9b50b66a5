"""Traces on one machine: a receiver that keeps every span on disk and shows it in Zipkin."""
