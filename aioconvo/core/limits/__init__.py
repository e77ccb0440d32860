"""How many requests a credential may send, who waits in which order, and where that is kept."""
