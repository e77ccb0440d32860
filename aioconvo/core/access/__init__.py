"""Who calls, and with which settings: credentials, tokens, checks of what was given."""
