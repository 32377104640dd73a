"""Runs: moments and intervals of the class that have a name, and what names them by itself."""

from dashboard.history.runs.naming import (
    NothingRead,
    TakenName,
    current_runs,
    name_run,
    rename_run,
    suggest_name,
)
from dashboard.history.runs.session_recording import record_sessions

__all__ = [
    "NothingRead",
    "TakenName",
    "current_runs",
    "name_run",
    "record_sessions",
    "rename_run",
    "suggest_name",
]
