"""Whether polls and probes do their work."""
