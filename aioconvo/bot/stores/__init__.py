"""Where a bot keeps events until they are handled."""
