"""What was seen of each flow, and what the three answers about it mean together."""
