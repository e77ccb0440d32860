"""The state of one target: what it is an export of, how far it is, what it holds."""
