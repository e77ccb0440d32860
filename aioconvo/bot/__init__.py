"""Bots: events in, replies out, each handled once and in order."""
