"""Runs: moments and intervals of the class that have a name, and what names them by itself."""

from dashboard.runs.keeping import record
from dashboard.runs.naming import current_runs, name_run, suggested

__all__ = ["current_runs", "name_run", "record", "suggested"]
