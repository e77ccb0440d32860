"""Where an export goes: files and databases."""
