"""Runs: moments and intervals of the class that have a name, and what names them by itself."""

from dashboard.history.runs.naming import (
    NothingRead,
    TakenName,
    current_runs,
    name_run,
    rename_run,
    suggested,
)
from dashboard.history.runs.session_recording import record

__all__ = [
    "NothingRead",
    "TakenName",
    "current_runs",
    "name_run",
    "record",
    "rename_run",
    "suggested",
]
