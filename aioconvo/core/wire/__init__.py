"""Connections: the only room that knows aiohttp's client."""
