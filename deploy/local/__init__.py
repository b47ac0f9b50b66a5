"""The whole system as plain processes on one machine: what `make up` runs."""
