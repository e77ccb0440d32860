"""What happens in a Convore account."""
