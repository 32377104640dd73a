"""The smallest change of a namespace's policies that gives the lab what it wants."""
