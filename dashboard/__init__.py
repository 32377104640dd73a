"""What we saw of a class, kept and shown."""
