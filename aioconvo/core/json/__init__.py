"""JSON to structs and back, whatever a server makes of it. Pure: no socket, clock or file."""
