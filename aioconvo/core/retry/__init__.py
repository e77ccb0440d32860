"""Whether and when to try again. Pure."""
