"""The core: what every HTTP API needs, and nothing that only one of the five providers needs."""
