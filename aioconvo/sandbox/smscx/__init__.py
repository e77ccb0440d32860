"""The sandbox's SMS.CX."""
