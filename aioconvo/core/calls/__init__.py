"""Calls: the client that all providers share, the one loop they go through, what is told of them."""
