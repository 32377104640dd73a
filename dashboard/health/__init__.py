"""Whether the workers poll and probe, and the guard around one unit of work."""
