"""Who may sign in, and who is in the class."""
