"""How requests come to a bot: one file for each kind of server."""
