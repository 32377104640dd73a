"""Fetches what the cluster and the students' URLs say. The only room that talks to the outside."""
