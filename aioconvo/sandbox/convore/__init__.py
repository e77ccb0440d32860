"""The sandbox's Convore."""
