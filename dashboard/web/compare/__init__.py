"""The page that compares two snapshots."""
