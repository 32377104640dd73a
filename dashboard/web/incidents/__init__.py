"""The page of incidents and outages."""
