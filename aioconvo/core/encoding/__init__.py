"""How what callers give goes over the wire where it is not JSON: paths and queries, and files."""
