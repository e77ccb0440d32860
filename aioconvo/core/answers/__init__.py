"""Good answers: whether one names what was asked for, whether it tells of an error all the same, and what callers get of it."""
