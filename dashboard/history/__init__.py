"""What was recorded of a class over time, and what follows from it."""
