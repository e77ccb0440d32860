"""UltraCart's agent websocket: when to connect and to ping, what was missed, how the token goes along, and the connection."""
